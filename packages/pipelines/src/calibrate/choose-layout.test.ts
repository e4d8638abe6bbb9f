import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { chooseLayout } from './choose-layout.js';
import { mergeDataSets } from './merge-data-sets.js';

/** Forty sums, of which every model answers those that `answers` says. */
function sums(models: number, answers: (query: number, model: number) => boolean) {
  const random = seededRandom(3);
  const queries = Array.from({ length: 40 }, (_, q) => ({
    id: `q${q}`,
    benchmark: 'sums',
    text: `What is ${q} + ${2 * q}?`,
  }));
  const cells = queries.flatMap((_, query) =>
    Array.from({ length: models }, (_, model) => ({ query, model })).filter(
      ({ query: q, model: m }) => answers(q, m),
    ),
  );
  const unknown = new Float64Array(cells.length).fill(NaN);
  return mergeDataSets([
    {
      name: 'sums',
      queries,
      outcomes: {
        models: Array.from({ length: models }, (_, m) => `maker/m${m}`),
        query: Int32Array.from(cells, ({ query }) => query),
        model: Int32Array.from(cells, ({ model }) => model),
        score: Float64Array.from(cells, () => random.integer(2)),
        inputTokens: unknown,
        outputTokens: unknown,
        outputChars: unknown,
        costUsd: unknown,
        latencyS: unknown,
      },
      modelInfo: new Map(),
    },
  ]);
}

const choose = (
  merged: ReturnType<typeof sums>,
  options: Parameters<typeof chooseLayout>[0] = { dimensions: 'auto' },
) => chooseLayout(options, merged, seededRandom(1), () => undefined);

describe('chooseLayout', () => {
  it('lets held-out cells choose, and says on what', () => {
    const { layout, dimensionChoice } = choose(sums(6, () => true));
    expect(layout.general + layout.facets).toBe(dimensionChoice!.dimensions);
    expect(dimensionChoice!.candidates.map(({ dimensions }) => dimensions)).toEqual([1, 2]);
  });

  it.each([
    ['one model', sums(1, () => true)],
    ['models that share no query', sums(4, (query, model) => query % 4 === model)],
  ])('takes one dimension for %s: no cell can be held out', (_name, merged) => {
    expect(choose(merged)).toEqual({ layout: { general: 1, facets: 0 }, dimensionChoice: null });
  });

  it('takes what was asked for', () => {
    const merged = sums(1, () => true);
    expect(choose(merged, { dimensions: 4 }).layout).toEqual({ general: 1, facets: 3 });
    expect(choose(merged, { dimensions: 'auto', preset: 'paper' }).layout.general).toBe(20);
  });
});
