/**
 * Makes the starter space from the data folders: `node build-starter-space.mjs DATA_DIR…`.
 *
 * Calibrates a latent space into `space/`, which holds no sentence and no outcome of the data, and
 * joins its subjects into one profile per model.
 */
import { join } from 'node:path';
import { calibrateDataSets } from '@zerorouter/pipelines';

const [, , ...dataDirs] = process.argv;
if (dataDirs.length === 0) throw new Error('name the data folders');
const root = join(import.meta.dirname, '..', '..');
await calibrateDataSets({
  dataDirs,
  options: { dimensions: 'auto', seed: 1 },
  encoder: {
    kind: 'use-lite',
    precision: 'int8',
    cacheDir: join(root, '.zerorouter', 'encoder'),
  },
  cacheDir: join(root, '.zerorouter', 'embeddings'),
  outDir: join(import.meta.dirname, 'space'),
  onProgress: ({ stage, done, total }) => {
    if (done % 1000 === 0 || total < 1000) console.error(`${stage} ${done}/${total}`);
  },
});

await import('./join-profiles.mjs');
