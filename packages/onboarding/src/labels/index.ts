export { learnLabel } from './learn-label.js';
export { traceRegret, type LabelEffect, type LabelEffects } from './routing-regret.js';
export { suggestLabels, type GradableQuery } from './suggest-labels.js';
