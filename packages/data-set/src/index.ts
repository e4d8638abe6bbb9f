export { BadInputError } from './bad-input-error.js';
export {
  queriesFile,
  readDataSet,
  readDataSets,
  readFolderModelInfo,
  type DataSet,
} from './data-set.js';
export { readModelInfo, type ModelInfo } from './model-info.js';
export { findFile, openBytes, readJsonLines } from './open-text.js';
export { readOutcomes, type Outcomes } from './outcomes.js';
export { normalizeText, questionStem, readQueries, textHash, type Query } from './queries.js';
export { parseCell, readCsv, type CsvRow } from './read-csv.js';
export { csvCell, writeWhole } from './write-csv.js';
