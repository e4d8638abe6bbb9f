/**
 * First segments of the dashboard's own addresses. They and what lies below them are answered with the
 * page; all other unknown paths keep their problem documents.
 */
export const PAGE_ROOTS: readonly string[] = [
  'playground',
  'decisions',
  'latent-map',
  'models',
  'what-if',
  'batches',
  'labels',
  'settings',
];
