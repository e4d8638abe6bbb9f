import { join, resolve } from 'node:path';
import { drawAnchors } from '@zerorouter/anchors';
import { openQueryPredictor, readSpaceFolder } from '@zerorouter/pipelines';
import { STARTER_SPACE_DIR } from '@zerorouter/starter-space';
import { mostInputTokens } from '../dist/index.js';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The starter space, and the anchors that ship where its predictor places them. */
export async function placeStarterAnchors() {
  const space = readSpaceFolder(STARTER_SPACE_DIR);
  const predictor = await openQueryPredictor({
    encoder: {
      kind: 'use-lite',
      precision: 'int8',
      cacheDir: join(ROOT, '.zerorouter', 'encoder'),
    },
    manifest: space.manifest,
    headOnnx: space.predictorOnnx,
  });
  try {
    const anchors = await Promise.all(
      drawAnchors({ seed: 1 }).map(async ({ id, domain, text }) => ({
        id,
        domain,
        ...(await predictor.predict(text)),
        mostInputTokens: mostInputTokens(text),
      })),
    );
    return { space, anchors };
  } finally {
    await predictor.close();
  }
}
