import { createHash } from 'node:crypto';
import type { QueryLatents } from '@zerorouter/contracts';
import type { QueryPredictor } from './open-space-predictor.js';

/**
 * A predictor that places a text once while it remembers it: batches repeat texts, and the same text has
 * the same latents. Texts are known by their hashes; the least recently asked for is forgotten.
 * @param capacity texts, some 500 bytes each.
 */
export function rememberLatents(predictor: QueryPredictor, capacity: number): QueryPredictor {
  const known = new Map<string, Promise<QueryLatents>>();
  const predict: QueryPredictor['predict'] = (text, options): Promise<QueryLatents> => {
    const hash = createHash('sha256').update(text).digest('base64');
    const before = known.get(hash);
    if (before !== undefined) {
      // A map keeps the order of insertion: the first one is the oldest.
      known.delete(hash);
      known.set(hash, before);
      return before;
    }
    const latents = predictor.predict(text, options);
    known.set(hash, latents);
    latents.catch(() => known.delete(hash));
    if (known.size > capacity) known.delete(known.keys().next().value!);
    return latents;
  };
  return { predict, close: () => predictor.close() };
}
