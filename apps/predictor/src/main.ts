import { openQueryPredictor } from '@zerorouter/pipelines';
import { runApp } from '@zerorouter/platform';
import { startPredictor } from './start-predictor.js';

await runApp('predictor', (config, logger) => startPredictor(config, logger, openQueryPredictor));
