/**
 * What routing costs beyond the encoder and the queue: `npm run bench:route -- [--queue redis|postgres]
 * [--seconds S] [--rounds R]`, after `npm run build`. Everything runs on this machine, in one run, and every
 * figure stands beside its yardstick: the encoder with the space's head in one process, a bare round trip
 * through the queue, a bare Nest application on Fastify.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectDatabase } from '../../packages/database/dist/index.js';
import { decideRoute } from '../../apps/gateway/dist/routing/decide-route.js';
import { startRedis } from '../../packages/local-stack/dist/index.js';
import { POLICY_PRESETS } from '../../packages/optimizer/dist/index.js';
import { openQueryPredictor } from '../../packages/pipelines/dist/index.js';
import { startBenchStack } from './bench-stack.mjs';
import { measureIn, startChild } from './children.mjs';
import { echoJob, loadBullMq, openQueues } from './queues.mjs';
import { unseenText } from './unseen-text.mjs';

const { values } = parseArgs({
  options: {
    queue: { type: 'string', default: 'redis' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
  },
});
const technology = values.queue;
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const TEXTS_A_ROUND = 100;
const ROUND_TRIPS_A_ROUND = 200;
const CACHED_TEXTS = 50;
const REPLICA_SERVICE_MS = 40;
const CANDIDATES = 1_000;

const results = [];
function tell(what, figure, bar) {
  results.push({ what, figure, bar });
  console.log(`[load ${loadavg()[0].toFixed(1)}] ${what}: ${figure}${bar ? ` (bar: ${bar})` : ''}`);
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const ms = (value) => `${value.toFixed(2)} ms`;
const times = (value) => value.toFixed(2);

async function openPredictor({ databaseUrl, encoderDir }, sessions) {
  const database = connectDatabase(databaseUrl, { maxConnections: 1 });
  const { manifest } = await database.spaces.active();
  const headOnnx = await database.spaces.predictorOnnx(manifest.version);
  await database.close();
  return openQueryPredictor({
    encoder: { kind: 'use-lite', precision: 'int8', cacheDir: encoderDir },
    manifest,
    headOnnx,
    sessions,
  });
}

/** One job after another, there and back. @returns ms of each. */
async function bareRoundTrips(options) {
  const queue = `bare-${technology}`;
  const worker = await startChild(
    'echo-worker.mjs',
    JSON.stringify({
      ...options,
      technology: technology === 'redis' ? 'bullmq' : 'postgres',
      queue,
      serviceMs: 0,
    }),
  );
  if (technology === 'redis') {
    const { Queue, QueueEvents, connection } = loadBullMq(options.redisUrl);
    const jobs = new Queue(queue, { connection });
    const events = new QueueEvents(queue, { connection });
    await events.waitUntilReady();
    return {
      once: async (text) => {
        // One that were gone at once could not be told from one that never was.
        const job = await jobs.add('echo', { text }, { removeOnComplete: 100 });
        await job.waitUntilFinished(events);
      },
      stop: async () => {
        await events.close();
        await jobs.close();
        await worker.stop();
      },
    };
  }
  const queues = await openQueues({ ...options, technology });
  const producer = await queues.producer(echoJob(queue));
  return {
    once: (text) => producer.addAndWait({ text }),
    stop: async () => {
      await queues.close();
      await worker.stop();
    },
  };
}

async function oneClient(bench, route, options) {
  const predictor = await openPredictor(bench, 1);
  const bare = await bareRoundTrips(options);
  const [raw, trip, routed, rested] = [[], [], [], { raw: [], trip: [] }];
  let text = 0;
  // In turns: what else the machine does falls on all three alike. The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const own = { raw: [], trip: [] };
    const timed = async (list, work) => {
      const start = performance.now();
      await work();
      list.push(performance.now() - start);
    };
    for (let i = 0; i < TEXTS_A_ROUND; i++)
      await timed(own.raw, () => predictor.predict(unseenText('raw', text++)));
    for (let i = 0; i < ROUND_TRIPS_A_ROUND; i++)
      await timed(own.trip, () => bare.once(unseenText('trip', text++)));
    const answers = await measureIn('closed-loop.mjs', {
      ...route,
      connections: 1,
      requests: TEXTS_A_ROUND,
      bodies: { salt: `one-${round}` },
    });
    if (answers.failures > 0) throw new Error(`${answers.failures} requests failed`);
    if (round === 0) continue;
    raw.push(median(own.raw));
    trip.push(median(own.trip));
    routed.push(answers.p50);
    // Both parts of a route have stood still for the rest of the one before: as long, here.
    const pauseMs = answers.p50;
    const [slowRaw, slowTrip] = [[], []];
    for (let i = 0; i < TEXTS_A_ROUND; i++) {
      await sleep(pauseMs);
      await timed(slowRaw, () => predictor.predict(unseenText('raw', text++)));
      await sleep(pauseMs);
      await timed(slowTrip, () => bare.once(unseenText('trip', text++)));
    }
    rested.raw.push(median(slowRaw));
    rested.trip.push(median(slowTrip));
  }
  await bare.stop();
  await predictor.close();
  const [encoder, queue, whole] = [raw, trip, routed].map(median);
  tell(
    'POST /v1/route, unseen texts, one client, p50',
    `${ms(whole)}; encoder ${ms(encoder)}, bare round trip ${ms(queue)}: (route − encoder) ÷ round trip = ${times((whole - encoder) / queue)}`,
    '≤ 1.5',
  );
  const [slowEncoder, slowQueue] = [rested.raw, rested.trip].map(median);
  tell(
    '… with the yardsticks at its own pace, each after a pause as long as a route',
    `encoder ${ms(slowEncoder)}, bare round trip ${ms(slowQueue)}: ${times((whole - slowEncoder) / slowQueue)}`,
  );
}

async function manyClients(bench, route) {
  const sessions = availableParallelism();
  const predictor = await openPredictor(bench, sessions);
  let text = 0;
  const rawRate = async () => {
    const until = performance.now() + 1000 * seconds;
    const start = text;
    await Promise.all(
      Array.from({ length: 2 * sessions }, async () => {
        while (performance.now() < until) await predictor.predict(unseenText('rate', text++));
      }),
    );
    return (text - start) / seconds;
  };
  const before = await rawRate();
  const routed = await measureIn('closed-loop.mjs', {
    ...route,
    connections: 64,
    seconds,
    bodies: { salt: 'many' },
  });
  const after = await rawRate();
  await predictor.close();
  const raw = (before + after) / 2;
  tell(
    'unseen texts, 64 clients, everything on the same cores',
    `${routed.perSecond.toFixed(0)}/s, p99 ${ms(routed.p99)}, ${routed.failures} failures; encoder alone with ${sessions} sessions ${before.toFixed(0)} and ${after.toFixed(0)}/s: ${times(routed.perSecond / raw)}`,
    '≥ 0.60',
  );
}

async function cachedTexts(route) {
  const bodies = Array.from({ length: CACHED_TEXTS }, (_, i) =>
    JSON.stringify({ query: unseenText('cached', i) }),
  );
  const sample = await fetch(route.url, {
    method: 'POST',
    headers: { ...route.headers, 'content-type': 'application/json' },
    body: bodies[0],
  });
  const bytes = (await sample.arrayBuffer()).byteLength;
  const hello = await startChild('hello-server.mjs', String(bytes));
  const ask = (target, connections) =>
    measureIn('closed-loop.mjs', { ...target, connections, seconds, bodies });
  const rates = { route: [], hello: [] };
  for (let round = 0; round < 3; round++) {
    rates.route.push((await ask(route, 64)).perSecond);
    rates.hello.push((await ask({ url: hello.line }, 64)).perSecond);
  }
  const eight = await ask(route, 8);
  await hello.stop();
  const [own, bare] = [median(rates.route), median(rates.hello)];
  tell(
    'cached texts, 64 clients',
    `${own.toFixed(0)}/s with answers of ${bytes} bytes; a bare Nest application ${bare.toFixed(0)}/s: ${times(own / bare)}`,
    '≥ 0.50',
  );
  tell('cached texts, 8 clients, p50', `${ms(eight.p50)}, p99 ${ms(eight.p99)}`, '< 3 ms');
}

/** The decision alone: a thousand candidates made of the starter's, each a little off. */
async function scoring(bench) {
  const predictor = await openPredictor(bench, 1);
  const latents = await predictor.predict(unseenText('scoring', 0));
  await predictor.close();
  const database = connectDatabase(bench.databaseUrl, { maxConnections: 1 });
  const { manifest } = await database.spaces.active();
  const stored = await database.profiles.list({
    state: ['active'],
    spaceVersion: manifest.version,
  });
  await database.close();
  const models = Array.from({ length: CANDIDATES }, (_, i) => {
    const { profile, ...rest } = stored[i % stored.length];
    const mean = profile.ability.mean.map((value) => value + 0.01 * Math.sin(i));
    return {
      ...rest,
      profile: {
        ...profile,
        model: `${profile.model}-${i}`,
        ability: { ...profile.ability, mean },
      },
    };
  });
  const question = {
    latents,
    models,
    requires: [],
    weights: POLICY_PRESETS.balanced,
    policy: 'balanced',
    constraints: {},
    scales: { costUsd: manifest.referenceScales.c_ref, latencyS: manifest.referenceScales.T_ref },
    explain: false,
  };
  const taken = Array.from({ length: 400 }, () => {
    const start = performance.now();
    decideRoute(question);
    return performance.now() - start;
  });
  tell(`a decision among ${CANDIDATES} models`, ms(median(taken.slice(200))), '< 1 ms');
}

/** Jobs a second that 1 and 8 workers take which do nothing but wait: the cores are not the limit. */
async function replicas(options) {
  const rateOf = async (count) => {
    const queue = `replicas-${technology}-${count}`;
    const queues = await openQueues({ ...options, technology });
    const producer = await queues.producer(echoJob(queue));
    const workers = await Promise.all(
      Array.from({ length: count }, () =>
        startChild(
          'echo-worker.mjs',
          JSON.stringify({ ...options, technology, queue, serviceMs: REPLICA_SERVICE_MS }),
        ),
      ),
    );
    const until = performance.now() + 1000 * seconds;
    let done = 0;
    await Promise.all(
      Array.from({ length: 4 * count }, async () => {
        while (performance.now() < until) {
          await producer.addAndWait({ text: 'x' });
          done++;
        }
      }),
    );
    await Promise.all(workers.map((worker) => worker.stop()));
    await queues.close();
    return done / seconds;
  };
  const one = await rateOf(1);
  const eight = await rateOf(8);
  tell(
    `workers that take ${REPLICA_SERVICE_MS} ms a job, 1 → 8`,
    `${one.toFixed(1)} → ${eight.toFixed(1)} jobs/s: ${times(eight / one)}`,
    '≥ 7',
  );
}

const redis = technology === 'redis' ? await startRedis() : null;
const bench = await startBenchStack({}, { redisUrl: redis?.redisUrl });
try {
  console.log(
    `${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}, queues on ${technology}`,
  );
  const options = { redisUrl: redis?.redisUrl, databaseUrl: bench.databaseUrl };
  const route = {
    url: `${bench.stack.gatewayUrl}/v1/route`,
    headers: { authorization: `Bearer ${bench.stack.localKey}` },
  };
  await oneClient(bench, route, options);
  await manyClients(bench, route);
  await cachedTexts(route);
  await scoring(bench);
  await replicas(options);
} finally {
  await bench.stop();
  await redis?.stop();
}
