import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Loading } from '../components/loading.js';
import { readDecisionFilter } from '../pages/decisions/decision-filter.js';
import { readSettingsSearch } from '../pages/settings/settings-search.js';
import { NotFound } from './not-found.js';
import { PageCrash } from './page-crash.js';
import { Shell } from './shell.js';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/overview/overview-page.js'), 'OverviewPage'),
});
const playground = createRoute({
  getParentRoute: () => root,
  path: '/playground',
  component: lazyRouteComponent(
    () => import('../pages/playground/playground-page.js'),
    'PlaygroundPage',
  ),
});
const latentMap = createRoute({
  getParentRoute: () => root,
  path: '/latent-map',
  component: lazyRouteComponent(
    () => import('../pages/latent-map/latent-map-page.js'),
    'LatentMapPage',
  ),
});
const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyRouteComponent(() => import('../pages/models/models-page.js'), 'ModelsPage'),
});
const model = createRoute({
  getParentRoute: () => root,
  path: '/models/$id',
  component: lazyRouteComponent(() => import('../pages/models/model-page.js'), 'ModelPage'),
});
const onboarding = createRoute({
  getParentRoute: () => root,
  path: '/models/onboardings/$id',
  component: lazyRouteComponent(
    () => import('../pages/models/onboarding-page.js'),
    'OnboardingPage',
  ),
});
const whatIf = createRoute({
  getParentRoute: () => root,
  path: '/what-if',
  component: lazyRouteComponent(() => import('../pages/what-if/what-if-page.js'), 'WhatIfPage'),
});
const batches = createRoute({
  getParentRoute: () => root,
  path: '/batches',
  component: lazyRouteComponent(() => import('../pages/batches/batches-page.js'), 'BatchesPage'),
});
const batch = createRoute({
  getParentRoute: () => root,
  path: '/batches/$id',
  component: lazyRouteComponent(() => import('../pages/batches/batch-page.js'), 'BatchPage'),
});
const decisions = createRoute({
  getParentRoute: () => root,
  path: '/decisions',
  validateSearch: readDecisionFilter,
  component: lazyRouteComponent(
    () => import('../pages/decisions/decisions-page.js'),
    'DecisionsPage',
  ),
});
const decision = createRoute({
  getParentRoute: () => root,
  path: '/decisions/$id',
  component: lazyRouteComponent(
    () => import('../pages/decisions/decision-page.js'),
    'DecisionPage',
  ),
});
const labels = createRoute({
  getParentRoute: () => root,
  path: '/labels',
  component: lazyRouteComponent(() => import('../pages/labels/labels-page.js'), 'LabelsPage'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import('../pages/settings/settings-page.js'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    playground,
    latentMap,
    models,
    model,
    onboarding,
    whatIf,
    batches,
    batch,
    decisions,
    decision,
    labels,
    settings,
  ]),
  defaultPreload: 'intent',
  // The frame and its navigation are there before the first page's own script.
  defaultPendingComponent: Loading,
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultErrorComponent: PageCrash,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
