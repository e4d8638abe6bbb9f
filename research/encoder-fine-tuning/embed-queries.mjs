// Weights → the product's int8 graph → pooled embeddings of every exported query: what a latent
// space would be trained on. Writes [mean | last | first window] as three blocks of queries × 512.
//
//   node research/encoder-fine-tuning/embed-queries.mjs --data EXPORT_DIR --weights WEIGHTS_DIR --out FILE

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const PACKAGES = new URL('../../packages/', import.meta.url);
const load = (path) => import(new URL(path, PACKAGES).href);
const { buildUseLite, USE_LITE_DIMENSION: WIDTH } = await load('encoder/dist/use-lite/graph.js');
const { SessionPool } = await load('encoder/dist/sessions/session-pool.js');
const { tokensFeed } = await load('encoder/dist/text-model.js');

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    weights: { type: 'string' },
    out: { type: 'string' },
    precision: { type: 'string', default: 'int8' },
  },
});

function read(folder, name, Type) {
  const bytes = readFileSync(join(folder, name));
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const packed = read(values.weights, 'weights.f32', Float32Array);
const layout = JSON.parse(readFileSync(join(values.weights, 'weights.json'), 'utf8'));
const weights = new Map(
  Object.entries(layout).map(([name, { offset, shape }]) => {
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    return [name, { data: packed.slice(offset, offset + length), shape }];
  }),
);
const counts = read(values.data, 'window_count.i32', Int32Array);
const lengths = read(values.data, 'window_length.i32', Int32Array);
const tokens = read(values.data, 'tokens.i16', Int16Array);
const starts = [];
let total = 0;
for (let row = 0; row < counts.length; row++) {
  starts.push(total);
  total += counts[row] * lengths[row];
}

const pool = await SessionPool.open(() => buildUseLite(weights, values.precision), 2);
const block = counts.length * WIDTH;
const pooled = new Float32Array(3 * block);
let next = 0;
async function embedSome() {
  while (next < counts.length) {
    const row = next++;
    const windows = Array.from({ length: counts[row] }, (_, window) => {
      const start = starts[row] + window * lengths[row];
      return [...tokens.subarray(start, start + lengths[row])];
    });
    const { embeddings } = await pool.run({ tokens: tokensFeed(windows) });
    for (let i = 0; i < embeddings.length; i++)
      pooled[row * WIDTH + (i % WIDTH)] += embeddings[i] / windows.length;
    pooled.set(embeddings.subarray((windows.length - 1) * WIDTH), block + row * WIDTH);
    pooled.set(embeddings.subarray(0, WIDTH), 2 * block + row * WIDTH);
  }
}
await Promise.all(Array.from({ length: 4 }, embedSome));
await pool.close();
writeFileSync(values.out, new Uint8Array(pooled.buffer));
