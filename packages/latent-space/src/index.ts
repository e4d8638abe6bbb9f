export * from './optimizer/score-models.js';
export * from './resources/resource-models.js';
export * from './response-model/response-model.js';
export * from './predictor/text-features.js';
export * from './ability/estimate-ability.js';
export * from './ability/domain-correction.js';
export * from './calibration/estimate-item.js';
export * from './calibration/outcome-matrix.js';
export * from './linear-algebra/matrix-kernel.js';
export * from './linear-algebra/rows.js';
export { cholesky } from './linear-algebra/symmetric-positive.js';
export {
  forward,
  initializeNetwork,
  type NetworkParameters,
  type NetworkShape,
} from './predictor/network.js';
export * from './predictor/predict-out-of-fold.js';
export * from './predictor/train-predictor.js';
export * from './random/seeded-random.js';
export * from './resources/fit-length.js';
export * from './resources/fit-resources.js';
export * from './predictor/calibrate-distance.js';
export * from './predictor/calibrate-guarantee.js';
export * from './predictor/calibrate-uncertainty.js';
export * from './predictor/average-linkage.js';
export * from './predictor/centroids.js';
export * from './predictor/familiarity.js';
export * from './evaluation/metrics.js';
export * from './resources/input-tokens.js';
export * from './resources/length-levels.js';
export * from './ability/expected-accuracy.js';
export * from './ability/size-trend.js';
export * from './ability/ability-prior.js';
export * from './ability/model-size.js';
export * from './anchors/adaptive-anchors.js';
export * from './anchors/information-designs.js';
export * from './anchors/select-anchors.js';
export * from './calibration/join-subjects.js';
export * from './predictor/response-head.js';
export * from './evaluation/calibration-error.js';
export * from './evaluation/judged-cells.js';
export * from './evaluation/paired-bootstrap.js';
export * from './evaluation/routing-curve.js';
export * from './evaluation/baselines/cluster-accuracies.js';
export * from './evaluation/baselines/logistic-heads.js';
export * from './evaluation/baselines/nearest-neighbours.js';
export * from './evaluation/baselines/quantile-bins.js';
export * from './evaluation/baselines/shared-difficulty.js';
export * from './calibration/calibrate-items.js';
export * from './calibration/choose-dimensions.js';
export * from './calibration/item-fit.js';
export * from './calibration/person-fit.js';
export * from './calibration/fit-report.js';
export * from './calibration/link-spaces.js';
export * from './calibration/apply-link.js';
