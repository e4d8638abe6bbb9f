import type { Neighbours } from '@zerorouter/latent-space';
import { nearestNeighbours } from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';
import { gather } from './training-labels.js';

/** Neighbours beyond the wanted, to stand in for those with the same question. */
const SPARE = 8;

/**
 * The k labelled queries nearest to each judged one, in places of `labelled`. A query that asks the
 * same question is no neighbour: nothing for held-out queries, and leaving-one-out for labelled ones.
 */
export async function nearQueries(
  context: RunContext,
  judged: ArrayLike<number>,
  labelled: ArrayLike<number>,
  k: number,
): Promise<Neighbours> {
  const { data, kernel, width } = context;
  const { k: found, index } = await nearestNeighbours(
    gather(context, judged),
    gather(context, labelled),
    width,
    k + SPARE,
    kernel,
  );
  const wanted = Math.min(k, found);
  const kept = new Int32Array(judged.length * wanted);
  for (let i = 0; i < judged.length; i++) {
    const { stem } = data.queries[judged[i]!]!;
    let held = 0;
    for (let j = 0; j < found && held < wanted; j++) {
      const place = index[i * found + j]!;
      if (data.queries[labelled[place]!]!.stem !== stem) kept[i * wanted + held++] = place;
    }
    // Fewer others than wanted: the farthest of them stands for the rest.
    for (; held < wanted; held++)
      kept[i * wanted + held] = held === 0 ? index[i * found]! : kept[i * wanted + held - 1]!;
  }
  return { k: wanted, index: kept };
}
