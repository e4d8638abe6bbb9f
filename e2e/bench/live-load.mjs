import { setTimeout as sleep } from 'node:timers/promises';

let asked = 0;

/**
 * Routes at a fixed rate, whatever the answers take, texts that no cache knows, until `stop()` tells ms
 * from when each was due to its answer, and how many failed.
 */
export function startLiveLoad(gatewayUrl, perSecond) {
  const latencies = [];
  const underWay = new Set();
  let failures = 0;
  let running = perSecond > 0;

  async function route(due) {
    const query = `Live question ${asked++}: what is the ${asked % 977}th root of ${asked * 31}?`;
    try {
      const response = await fetch(`${gatewayUrl}/v1/route`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      await response.arrayBuffer();
      if (response.ok) latencies.push(performance.now() - due);
      else failures++;
    } catch {
      failures++;
    }
  }

  const done = (async () => {
    for (let due = performance.now(); running; due += 1000 / perSecond) {
      await sleep(Math.max(0, due - performance.now()));
      const answer = route(due).finally(() => underWay.delete(answer));
      underWay.add(answer);
    }
    await Promise.all(underWay);
  })();

  return {
    async stop() {
      running = false;
      await done;
      return { latencies, failures };
    },
  };
}

/** Counts and quantiles of what several loads have measured. */
export function summarizeLive(measured) {
  const sorted = measured.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  const quantile = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return {
    answers: sorted.length,
    failures: measured.reduce((sum, { failures }) => sum + failures, 0),
    p50: quantile(0.5),
    p99: quantile(0.99),
  };
}
