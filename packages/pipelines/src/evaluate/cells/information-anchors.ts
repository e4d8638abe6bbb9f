import { sigmoid } from '@zerorouter/latent-space';
import { textHash } from '@zerorouter/data-set';
import { openQueryPredictor } from '../../query-predictor.js';
import { readSpaceFolder } from '../../space/space-folder.js';
import type { RunContext } from '../run/run-context.js';

/**
 * The queries of a pool with the most Fisher information at θ = 0, p(1 − p)·‖α‖² with p = σ(−d): the
 * design of the paper. Calibrated parameters where the item bank has them, else the predictor's.
 */
export async function informationAnchors(
  { data, encoder }: RunContext,
  spaceDir: string,
  pool: readonly number[],
  count: number,
): Promise<number[]> {
  const space = readSpaceFolder(spaceDir);
  const bank = new Map(space.items.map((item) => [item.hash, item]));
  const items = pool.map((q) => bank.get(textHash(data.queries[q]!.text)) ?? null);
  let information = items.map((item) => item && informationAtZero(item));
  if (information.includes(null)) {
    const predictor = await openQueryPredictor({
      encoder,
      manifest: space.manifest,
      headOnnx: space.predictorOnnx,
    });
    try {
      information = await Promise.all(
        information.map(
          async (known, i) =>
            known ?? informationAtZero(await predictor.predict(data.queries[pool[i]!]!.text)),
        ),
      );
    } finally {
      await predictor.close();
    }
  }
  return pool
    .map((_, i) => i)
    .sort((a, b) => information[b]! - information[a]! || a - b)
    .slice(0, count)
    .map((i) => pool[i]!);
}

function informationAtZero(item: { discrimination: readonly number[]; difficulty: number }) {
  const p = sigmoid(-item.difficulty);
  return p * (1 - p) * item.discrimination.reduce((sum, alpha) => sum + alpha * alpha, 0);
}
