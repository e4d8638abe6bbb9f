export { calibrateDataSets, type CalibrateOptions } from './calibrate/calibrate.js';
export { evaluateDataSets, type EvaluateOptions } from './evaluate/evaluate.js';
export { reportSchema, type EvaluationReport } from './evaluate/report/report-schema.js';
export {
  IMPORT_FORMATS,
  importDataSet,
  type ImportFormat,
  type ImportOptions,
} from './import/import-data-set.js';
export { type ImportSummary } from './import/data-set-writer.js';
export { type Progress, type ProgressListener } from './progress.js';
export { openQueryPredictor, type QueryPredictor } from './query-predictor.js';
export { readSpaceFolder, writeSpaceFolder, type SpaceFolder } from './space/space-folder.js';
export {
  predictToFile,
  type PredictOptions,
  type PredictSummary,
} from './predict/predict-queries.js';
export { routeToFile, type RouteOptions, type RouteSummary } from './route/route-queries.js';
export { profileModels, type ProfileOptions } from './profile/profile-models.js';
export {
  recalibrateSpace,
  type RecalibratedSpace,
  type RecalibrationTask,
} from './recalibrate/recalibrate-space.js';
