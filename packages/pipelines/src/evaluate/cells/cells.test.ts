import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { bestMethod, familyOf, OURS } from '../baselines/methods.js';
import type { CellRow } from './cell-row.js';
import { judgeRow } from './cell-row.js';
import { summariseCells } from './cell-summary.js';
import type { JudgedModels } from './judged-models.js';

/** One model on many queries, solved when the coin says so. */
function judged(queries: number, seed: number): JudgedModels {
  const random = seededRandom(seed);
  return {
    queries: Array.from({ length: queries }, (_, q) => q),
    subjects: [0],
    place: Int32Array.from({ length: queries }, (_, q) => q),
    cells: {
      queries,
      models: 1,
      query: Int32Array.from({ length: queries }, (_, q) => q),
      model: new Int32Array(queries),
      score: Float64Array.from({ length: queries }, () => (random.uniform() < 0.7 ? 1 : 0)),
      benchmark: new Int32Array(queries),
    },
  };
}

function row(group: string, queries: number, seed: number): CellRow {
  const models = judged(queries, seed);
  const constant = (p: number) => new Float64Array(queries).fill(p);
  const knowing = models.cells.score.map((score) => (score === 1 ? 0.8 : 0.3));
  return judgeRow(
    { cell: 'id', arm: null, group },
    models,
    new Map([
      [OURS, knowing],
      ['model-mean', constant(0.7)],
      ['knn-20', constant(0.6)],
      ['knn-50', constant(0.65)],
      ['logistic-head', knowing.map((p) => 0.1 + 0.8 * p)],
    ]),
    200,
    seededRandom(seed),
  );
}

describe('methods', () => {
  it('belong to families by name', () => {
    expect(familyOf('uniroute-50')?.name).toBe('uniroute');
    expect(familyOf('uniroute-50-many-labels')?.name).toBe('uniroute-many-labels');
    expect(familyOf(OURS)).toBeNull();
  });

  it('are chosen by their best figure, ours never', () => {
    const values = new Map([
      [OURS, 0.1],
      ['knn-20', 0.5],
      ['knn-50', 0.4],
      ['logistic-head', 0.3],
      ['model-mean', null],
    ]);
    expect(bestMethod(values, ({ simple }) => simple, true)).toBe('knn-50');
    expect(bestMethod(values, ({ simple }) => simple, false)).toBe('knn-20');
    expect(bestMethod(values, ({ name }) => name === 'paper-preset', true)).toBeNull();
  });
});

describe('a row', () => {
  const own = row('one', 300, 1);

  it('is compared with the best setting of each family, on the same draws', () => {
    const families = own.logLoss.map(({ family, method }) => [family, method]);
    expect(families).toEqual([
      ['simple', 'model-mean'],
      ['model-mean', 'model-mean'],
      ['knn', 'knn-50'],
      ['logistic-head', 'logistic-head'],
    ]);
    const [simple, , knn] = own.logLoss;
    const losses = (method: string) => own.figures.get(method)!.logLoss;
    expect(simple!.value).toBeCloseTo(losses(OURS) - losses('model-mean'), 12);
    expect(knn!.value).toBeCloseTo(losses(OURS) - losses('knn-50'), 12);
    expect(simple!.interval![1]).toBeLessThan(0);
    // Paired: far narrower than the spread of either loss.
    const width = simple!.interval![1] - simple!.interval![0];
    expect(width).toBeLessThan(0.2);
    expect(own.auc[0]!.value).toBeCloseTo(0.5, 12);
  });

  it('shows the reliability of ours and of the best simple method', () => {
    expect([...own.reliability.keys()]).toEqual([OURS, 'model-mean']);
  });
});

describe('a summary', () => {
  it('gives every row the same weight, and its own draws', () => {
    const rows = [row('one', 300, 1), row('two', 60, 2)];
    const [summary] = summariseCells(rows);
    expect(summary).toMatchObject({ cell: 'id', arm: null, rows: 2, cells: 360 });
    const losses = rows.map((own) => own.figures.get(OURS)!.logLoss);
    expect(summary!.figures.get(OURS)!.logLoss).toBeCloseTo((losses[0]! + losses[1]!) / 2, 12);
    const [simple] = summary!.logLoss;
    expect(simple!.interval![0]).toBeLessThan(simple!.value);
    expect(simple!.interval![1]).toBeGreaterThan(simple!.value);
  });

  it('leaves out a method that a row lacks, and keeps arms apart', () => {
    const [a, b] = [row('one', 60, 1), row('two', 60, 2)];
    const figures = new Map(b.figures);
    figures.delete('knn-50');
    const [summary] = summariseCells([a, { ...b, figures }]);
    expect(summary!.figures.has('knn-50')).toBe(false);
    expect(summary!.logLoss.find(({ family }) => family === 'knn')!.method).toBe('knn-20');
    expect(summariseCells([a, { ...b, cell: 'unseen', arm: '50 anchors' }])).toHaveLength(2);
  });
});
