// Data folders → what the fine-tuning reads: the encoder's weights, every query as the product's own
// windows of token ids, structural features, outcomes, and vectors of the product's fp32 encoder to
// check the reimplementation against. Needs the built packages (`npm run build`).
//
//   node research/encoder-fine-tuning/export-training-data.mjs --data DIR [--data DIR]… --out DIR

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const PACKAGES = new URL('../../packages/', import.meta.url);
const load = (path) => import(new URL(path, PACKAGES).href);
const { questionStem, readDataSets } = await load('data-set/dist/index.js');
const { mergeDataSets } = await load('pipelines/dist/calibrate/merge-data-sets.js');
const { openEncoder } = await load('encoder/dist/index.js');
const { parseWeights, readWeightFiles, useLiteDirectory } = await load(
  'encoder/dist/use-lite/weights.js',
);
const { fitLengthLevels, textFeatures } = await load('latent-space/dist/index.js');

/** Every so many queries one is encoded by the product, for the check of parity. */
const PARITY_STEP = 97;

const { values } = parseArgs({
  options: { data: { type: 'string', multiple: true }, out: { type: 'string' } },
});
if (values.data === undefined || values.out === undefined)
  throw new Error('usage: export-training-data.mjs --data DIR [--data DIR]… --out DIR');

mkdirSync(values.out, { recursive: true });
const write = (name, array) =>
  writeFileSync(
    join(values.out, name),
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  );
const writeJson = (name, value) => writeFileSync(join(values.out, name), JSON.stringify(value));

const dataSets = await readDataSets(values.data);
const merged = mergeDataSets(dataSets);
const { texts, cells } = merged;

const weights = parseWeights(await readWeightFiles(useLiteDirectory()));
const layout = {};
let offset = 0;
for (const [name, { data, shape }] of weights) {
  layout[name] = { offset, shape };
  offset += data.length;
}
const packed = new Float32Array(offset);
for (const [name, { data }] of weights) packed.set(data, layout[name].offset);
write('weights.f32', packed);
writeJson('weights.json', layout);

const encoder = await openEncoder({
  kind: 'use-lite',
  precision: 'fp32',
  cacheDir: join(values.out, 'encoder'),
});
const windows = texts.map((text) => encoder.windows(text).tokens);
write(
  'window_count.i32',
  Int32Array.from(windows, (tokens) => tokens.length),
);
write(
  'window_length.i32',
  Int32Array.from(windows, (tokens) => tokens[0].length),
);
write('tokens.i16', Int16Array.from(windows.flat(2)));
const parityRows = texts.map((_, row) => row).filter((row) => row % PARITY_STEP === 0);
const vectors = [];
for (const row of parityRows) vectors.push(...(await encoder.embedWindows(texts[row])));
await encoder.close();
write('parity_rows.i32', Int32Array.from(parityRows));
write('parity_vectors.f32', Float32Array.from(vectors));

write('features.f32', Float32Array.from(texts.flatMap((text) => [...textFeatures(text)])));
write('cell_query.i32', cells.item);
write('cell_subject.i32', cells.subject);
write('cell_score.f64', cells.score);
const lengths = fitLengthLevels(
  texts.length,
  merged.subjects.length,
  cells.item,
  cells.subject,
  merged.logTokens,
);
write('log_length.f64', lengths.itemLevel);
writeJson('queries.json', {
  source: merged.source,
  benchmark: dataSets.flatMap(({ queries }) => queries.map(({ benchmark }) => benchmark)),
  stem: texts.map(questionStem),
});
writeJson('subjects.json', { name: merged.subjects, group: [...merged.subjectGroup] });
