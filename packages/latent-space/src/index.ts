export * from './optimizer/score-models.js';
export * from './optimizer/utility.js';
export * from './resources/resource-models.js';
export * from './response-model/response-model.js';
export * from './predictor/text-features.js';
export * from './ability/estimate-ability.js';
export * from './calibration/estimate-item.js';
export * from './calibration/outcome-matrix.js';
export * from './linear-algebra/matrix-kernel.js';
export {
  forward,
  initializeNetwork,
  type NetworkParameters,
  type NetworkShape,
} from './predictor/network.js';
export * from './predictor/train-predictor.js';
export * from './random/seeded-random.js';
export * from './resources/fit-resources.js';
export * from './predictor/calibrate-uncertainty.js';
export * from './predictor/centroids.js';
export * from './evaluation/metrics.js';
export * from './resources/length-levels.js';
export * from './ability/expected-accuracy.js';
export * from './anchors/select-anchors.js';
export * from './calibration/join-subjects.js';
export * from './predictor/response-head.js';
