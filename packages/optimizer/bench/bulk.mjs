/**
 * Time and memory of the bulk optimizer: `npm run bench:optimizer [-- ITEMS…]`, after `npm run build`.
 * Each line is a process of its own, so that its peak memory is its own.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@zerorouter/latent-space';
import { optimizeBulk } from '../dist/index.js';
import { costRange, simulateBulk } from '../dist/simulation/simulate-bulk.js';

const MODELS = 20;

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
  const before = process.resourceUsage().maxRSS / 1024;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { method, gapBound, totals } = await optimizeBulk(bulk, constraints, {
    weights: { accuracy: 1, cost: 0, latency: 0 },
    scales: { costUsd: 0.001, latencyS: 1 },
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    [
      String(queries).padStart(9),
      name.padEnd(20),
      method.padEnd(10),
      seconds.toFixed(2).padStart(7),
      ((user + system) / 1e6).toFixed(2).padStart(7),
      (process.resourceUsage().maxRSS / 1024).toFixed(0).padStart(8),
      before.toFixed(0).padStart(10),
      gapBound.toExponential(1).padStart(9),
      totals.meanAccuracy.toFixed(4).padStart(9),
    ].join(' '),
  );
}

const [queries, name] = process.argv.slice(2);
if (name !== undefined) await measure(Number(queries), name);
else {
  const sizes = queries === undefined ? [1_000, 10_000, 100_000, 1_000_000] : [Number(queries)];
  console.log(
    `    items constraints          method      wall s   cpu s peak MiB (before)  gap bound  accuracy   (× ${MODELS} models)`,
  );
  for (const size of sizes)
    for (const request of Object.keys(REQUESTS)) {
      const self = fileURLToPath(import.meta.url);
      const { status } = spawnSync(process.execPath, [self, String(size), request], {
        stdio: 'inherit',
      });
      if (status !== 0) process.exit(1);
    }
}
