import type { IconName } from '../components/icon.js';

export interface PageEntry {
  path: string;
  title: string;
  icon: IconName;
}

/** The navigation, in its order. A page that is not here has no link, but may have a route. */
export const PAGES = [
  { path: '/', title: 'Overview', icon: 'gauge' },
  { path: '/playground', title: 'Playground', icon: 'play' },
  { path: '/decisions', title: 'Decisions', icon: 'list' },
  { path: '/latent-map', title: 'Latent map', icon: 'map' },
  { path: '/models', title: 'Models', icon: 'models' },
  { path: '/what-if', title: 'What if', icon: 'branch' },
  { path: '/batches', title: 'Batches', icon: 'layers' },
  { path: '/labels', title: 'Labels', icon: 'tag' },
  { path: '/settings', title: 'Settings', icon: 'settings' },
] as const satisfies readonly PageEntry[];
