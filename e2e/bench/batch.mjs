/**
 * One large batch from end to end, on queues in Postgres: `npm run bench:batch -- [--items N]
 * [--distinct K] [--live R] [--quiet-s S]`, after `npm run build`. N items of K distinct texts are
 * streamed in, followed, and read back; each must have one result, in order. Live requests come R times
 * a second, for S seconds before the batch and then beside it. What the encoder does by itself is
 * measured before and after it, on texts of the batch: the machine may have changed its pace.
 */
import { execFile } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { connectDatabase } from '../../packages/database/dist/index.js';
import { openQueryPredictor } from '../../packages/pipelines/dist/index.js';
import { startBenchStack } from './bench-stack.mjs';
import { startLiveLoad, summarizeLive } from './live-load.mjs';
import { watchMemory } from './memory-watch.mjs';
import { textOf } from './upload-items.mjs';

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '100000' },
    distinct: { type: 'string' },
    live: { type: 'string', default: '20' },
    'quiet-s': { type: 'string', default: '30' },
  },
});
const items = Number(values.items);
const distinct = Math.min(items, Number(values.distinct ?? items));
const perSecond = Number(values.live);

const RAW_TEXTS = 5_000;
const WARM_UP_TEXTS = 500;
const POLL_MS = 250;

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const tell = (line) => console.log(`[load ${loadavg()[0].toFixed(1)}] ${line}`);

/** Texts a second of the encoder with the space's head, in this process, as many sessions as cores. */
async function measureEncoder({ databaseUrl, encoderDir }) {
  const database = connectDatabase(databaseUrl, { maxConnections: 1 });
  const { manifest } = await database.spaces.active();
  const headOnnx = await database.spaces.predictorOnnx(manifest.version);
  await database.close();
  const sessions = availableParallelism();
  const predictor = await openQueryPredictor({
    encoder: { kind: 'use-lite', precision: 'int8', cacheDir: encoderDir },
    manifest,
    headOnnx,
    sessions,
  });
  const count = Math.min(RAW_TEXTS, distinct);
  const run = async (from, to) => {
    for (let i = from; i < to; i += 2 * sessions) await predictor.predict(textOf(i, distinct));
  };
  const inTurns = (to) =>
    Promise.all(Array.from({ length: 2 * sessions }, (_, from) => run(from, to)));
  await inTurns(Math.min(WARM_UP_TEXTS, count));
  const start = performance.now();
  await inTurns(count);
  const perSecondRaw = (1000 * count) / (performance.now() - start);
  await predictor.close();
  return perSecondRaw;
}

async function upload(url) {
  const script = fileURLToPath(new URL('upload-items.mjs', import.meta.url));
  const parameters = [script, url, String(items), String(distinct)];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  return stdout.trim();
}

/** Follows the batch to its end, or until `leaves` of its state. @returns it, as it is then. */
async function follow(url, id, leaves = () => false) {
  let told = performance.now();
  for (;;) {
    const batch = await (await fetch(`${url}/v1/route/batches/${id}`)).json();
    const { state, progress, counts } = batch;
    if (batch.finished_at !== null || leaves(state)) return batch;
    if (performance.now() - told > 15_000) {
      told = performance.now();
      tell(`${state}, ${counts.predicted} predicted (${(100 * progress).toFixed(0)}%)`);
    }
    await sleep(POLL_MS);
  }
}

/** @throws unless there is exactly one result an item, in order. */
async function readResults(url, id) {
  const response = await fetch(`${url}/v1/route/batches/${id}/results`);
  let next = 0;
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    const { custom_id: customId, index, status } = JSON.parse(line);
    if (index !== next || customId !== `q-${next}` || status !== 'succeeded')
      throw new Error(`result ${next} is ${line}`);
    next++;
  }
  if (next !== items) throw new Error(`${next} results of ${items} items`);
}

const tellLive = (when, { answers, failures, p50, p99 }) =>
  tell(
    `live ${when}: ${answers} answers, ${failures} failures, p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms`,
  );

const bench = await startBenchStack({ BATCH_MAX_ITEMS: String(Math.max(items, 1_000_000)) });
try {
  const { stack } = bench;
  const url = stack.gatewayUrl;
  const before = await measureEncoder(bench);

  const samples = [];
  const besideLive = async (phase, work) => {
    const live = startLiveLoad(url, perSecond);
    const result = await work();
    const measured = await live.stop();
    tellLive(`beside ${phase}`, summarizeLive([measured]));
    samples.push(measured);
    return result;
  };
  const quietly = async (when, ms) => {
    const live = startLiveLoad(url, perSecond);
    await sleep(ms);
    tellLive(when, summarizeLive([await live.stop()]));
  };
  await quietly('warming up', 5_000);
  await quietly('before', 1000 * Number(values['quiet-s']));

  const memory = watchMemory(() =>
    Object.fromEntries(['gateway', 'predictor', 'profiler'].map((app) => [app, stack.pid(app)])),
  );
  const start = performance.now();
  const id = await besideLive('upload', () => upload(url));
  const uploaded = performance.now();
  tell(`${items} items of ${distinct} distinct texts came in within ${seconds(uploaded - start)}`);
  await besideLive('predictions', () => follow(url, id, (state) => state === 'optimizing'));
  const predictedAt = performance.now();
  const batch = await besideLive('optimization', () => follow(url, id));
  const end = performance.now();
  tellLive('beside it all', summarizeLive(samples));
  if (batch.state !== 'completed') throw new Error(JSON.stringify(batch.error));
  const after = await measureEncoder(bench);
  const raw = (before + after) / 2;
  tell(
    `encoder alone, in ${availableParallelism()} sessions: ${before.toFixed(0)} and ${after.toFixed(0)} texts/s, before and after`,
  );
  const rate = (1000 * items) / (predictedAt - uploaded);
  tell(
    `predicted in ${seconds(predictedAt - uploaded)}: ${rate.toFixed(0)} items/s, ${(rate / raw).toFixed(2)} of the encoder alone; optimized and stored in ${seconds(end - predictedAt)}`,
  );
  const whole = (1000 * items) / (end - start);
  tell(`from end to end: ${whole.toFixed(0)} items/s, ${(whole / raw).toFixed(2)} of the encoder`);
  const reading = performance.now();
  await readResults(url, id);
  tell(`read back in ${seconds(performance.now() - reading)}: one result an item, in order`);
  for (const { name, first, most, slope } of memory.stop())
    tell(
      `memory of ${name}: ${first.toFixed(0)} MiB at first, at most ${most.toFixed(0)}, ${slope.toFixed(1)} MiB/min over the later half`,
    );
  await quietly('after', 1000 * Number(values['quiet-s']));
} finally {
  await bench.stop();
}
