/**
 * Time and memory of the bulk optimizer: `npm run bench:optimizer [-- ITEMS [CONSTRAINTS…]]`, after
 * `npm run build`. Each run is a process of its own, so that its peak memory is its own; the load is
 * the machine's over the last minute, to tell how much of the wall time is somebody else's.
 */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@zerorouter/latent-space';
import { optimizeBulk } from '../dist/index.js';
import { costRange, simulateBulk } from '../dist/simulation/simulate-bulk.js';

const MODELS = 20;
const RUNS = 3;

/** Constraints by name: a budget of 15% of the way from the cheapest to the dearest, room for 1.5 times the calls. */
const REQUESTS = {
  latency: () => ({ maxLatencyS: 60 }),
  budget: (bulk, budgetUsd) => ({ budgetUsd }),
  capacity: ({ queries }) => ({ capacity: capacities(queries) }),
  'budget + capacity': ({ queries }, budgetUsd) => ({ budgetUsd, capacity: capacities(queries) }),
  'accuracy + capacity': ({ queries }) => ({ minMeanAccuracy: 0.7, capacity: capacities(queries) }),
};

function capacities(queries) {
  return new Array(MODELS).fill(Math.ceil((1.5 * queries) / MODELS));
}

async function measure(queries, name) {
  const bulk = simulateBulk({ queries, models: MODELS }, seededRandom(1));
  const { least, most } = costRange(bulk);
  const constraints = REQUESTS[name](bulk, least + 0.15 * (most - least));
  const beforeMiB = process.resourceUsage().maxRSS / 1024;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { method, gapBound, totals } = await optimizeBulk(bulk, constraints, {
    weights: { accuracy: 1, cost: 0, latency: 0 },
    scales: { costUsd: 0.001, latencyS: 1 },
  });
  const wallS = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  const { meanAccuracy } = totals;
  return { method, gapBound, meanAccuracy, wallS, cpuS: (user + system) / 1e6, beforeMiB, peakMiB };
}

function measureApart(queries, name) {
  const self = fileURLToPath(import.meta.url);
  const { status, stdout } = spawnSync(process.execPath, [self, '--one', String(queries), name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}

function median(runs, field) {
  const values = runs.map((run) => run[field]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}

function printLine(queries, name, runs) {
  const [{ method, gapBound, meanAccuracy }] = runs;
  console.log(
    [
      String(queries).padStart(9),
      name.padEnd(20),
      method.padEnd(10),
      median(runs, 'wallS').toFixed(2).padStart(7),
      median(runs, 'cpuS').toFixed(2).padStart(7),
      median(runs, 'peakMiB').toFixed(0).padStart(8),
      median(runs, 'beforeMiB').toFixed(0).padStart(10),
      gapBound.toExponential(1).padStart(9),
      meanAccuracy.toFixed(4).padStart(9),
      loadavg()[0].toFixed(1).padStart(6),
    ].join(' '),
  );
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') console.log(JSON.stringify(await measure(Number(rest[0]), rest[1])));
else {
  const sizes = first === undefined ? [1_000, 10_000, 100_000, 1_000_000] : [Number(first)];
  const requests = rest.length === 0 ? Object.keys(REQUESTS) : rest;
  console.log(
    `    items constraints          method      wall s   cpu s peak MiB (before)  gap bound  accuracy   load   (× ${MODELS} models, medians of ${RUNS})`,
  );
  for (const size of sizes)
    for (const request of requests)
      printLine(
        size,
        request,
        Array.from({ length: RUNS }, () => measureApart(size, request)),
      );
}
