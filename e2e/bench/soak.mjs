/**
 * Whether memory stays where it is: `npm run bench:soak -- [--minutes 60] [--warm-up 15] [--queue redis|postgres]`,
 * after `npm run build`. Routes (texts that were asked before and new ones), proxied calls (whole and streamed)
 * and feedback come at a fixed rate far below what the machine can do; the resident memory of each process in
 * the first quarter after warm-up stands beside that in the last.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startRedis } from '../../packages/local-stack/dist/index.js';
import { chatBody, startChatBench } from './chat-bench.mjs';
import { watchMemory } from './memory-watch.mjs';
import { startUpstream } from './proxy-upstream.mjs';
import { unseenText } from './unseen-text.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    'warm-up': { type: 'string', default: '15' },
    queue: { type: 'string', default: 'redis' },
  },
});
const minutes = Number(values.minutes);
const warmUpMinutes = Number(values['warm-up']);

const KNOWN_TEXTS = 200;
const UNSEEN_A_SECOND = 5;
const TELL_EVERY_MS = 60_000;

const redis = values.queue === 'redis' ? await startRedis() : null;
const upstream = await startUpstream();
// So that it is full before memory is looked at: what fills up to a bound is no leak.
const remembered = Math.max(2 * KNOWN_TEXTS, 0.8 * UNSEEN_A_SECOND * warmUpMinutes * 60);
const bench = await startChatBench(`${upstream.origin}/v1`, {
  redisUrl: redis?.redisUrl,
  env: { PREDICTION_CACHE_SIZE: String(Math.floor(remembered)) },
});
const counts = { answered: 0, failed: 0 };
let firstFailure = null;

async function post(path, body) {
  try {
    const response = await fetch(`${bench.stack.gatewayUrl}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${bench.stack.localKey}`,
      },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`);
    counts.answered++;
    return text;
  } catch (error) {
    counts.failed++;
    firstFailure ??= `${path}: ${error.message}`;
    return null;
  }
}

const decisions = [];
/** What comes in, with how often a second. */
const TRAFFIC = [
  [
    UNSEEN_A_SECOND,
    async (n) => {
      const answer = await post('/v1/route', JSON.stringify({ query: unseenText('soak', n) }));
      if (answer !== null) decisions.push(JSON.parse(answer).decision_id);
    },
  ],
  [
    20,
    (n) => post('/v1/route', JSON.stringify({ query: unseenText('soak-known', n % KNOWN_TEXTS) })),
  ],
  [10, () => post('/v1/chat/completions', chatBody(false))],
  [10, () => post('/v1/chat/completions', chatBody(true))],
  [
    2,
    async (n) => {
      const id = decisions.shift();
      if (id === undefined) return;
      const score = n % 3 === 0 ? 0 : 1;
      await post('/v1/feedback', JSON.stringify({ decision_id: id, score, source: 'soak' }));
    },
  ],
];

async function keepUp([perSecond, once], until) {
  const underWay = new Set();
  const start = performance.now();
  for (let n = 0; performance.now() < until; n++) {
    await sleep(Math.max(0, start + (1000 * n) / perSecond - performance.now()));
    const call = Promise.resolve(once(n)).finally(() => underWay.delete(call));
    underWay.add(call);
  }
  await Promise.all(underWay);
}

try {
  console.log(
    `${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}, queues on ${values.queue}`,
  );
  const pids = () =>
    Object.fromEntries(
      ['gateway', 'predictor', 'profiler'].map((app) => [app, bench.stack.pid(app)]),
    );
  const until = performance.now() + minutes * 60_000;
  const traffic = TRAFFIC.map((kind) => keepUp(kind, until));
  const telling = setInterval(
    () =>
      console.log(
        `[load ${loadavg()[0].toFixed(1)}] ${JSON.stringify(counts)} ${firstFailure ?? ''}`,
      ),
    TELL_EVERY_MS,
  );
  await sleep(warmUpMinutes * 60_000);
  const memory = watchMemory(pids);
  await Promise.all(traffic);
  clearInterval(telling);
  console.log(`${counts.answered} answered, ${counts.failed} failed ${firstFailure ?? ''}`);
  for (const { name, first, most, firstQuarter, lastQuarter } of memory.stop())
    console.log(
      `${name}: ${first.toFixed(0)} MiB after warm-up, at most ${most.toFixed(0)}; last quarter ÷ first quarter ${(lastQuarter / firstQuarter).toFixed(3)} (bar: ≤ 1.05)`,
    );
} finally {
  await bench.stop();
  await upstream.close();
  await redis?.stop();
}
