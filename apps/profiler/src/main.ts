import { readSpaceFolder } from '@zerorouter/pipelines';
import { runApp } from '@zerorouter/platform';
import { startProfiler } from './start-profiler.js';

const scripts = {
  calibrate: new URL('./calibrations/calibrate-process.js', import.meta.url),
  recalibrate: new URL('./recalibrate/recalibrate-process.js', import.meta.url),
  optimize: new URL('./batches/optimize-process.js', import.meta.url),
};

await runApp('profiler', (config, logger) =>
  startProfiler(config, logger, scripts, { readSpaceFolder }),
);
