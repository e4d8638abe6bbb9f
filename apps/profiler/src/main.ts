import { readSpaceFolder } from '@zerorouter/pipelines';
import { runApp } from '@zerorouter/platform';
import { startProfiler } from './start-profiler.js';

const script = new URL('./calibrate-process.js', import.meta.url);

await runApp('profiler', (config, logger) =>
  startProfiler(config, logger, { script, readSpaceFolder }),
);
