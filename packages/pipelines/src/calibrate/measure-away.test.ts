import { describe, expect, it, jest } from '@jest/globals';
import {
  DEFAULT_PREDICTOR_SETTINGS,
  plainMatrixKernel,
  seededRandom,
  sigmoid,
} from '@zerorouter/latent-space';
import type { MergedOutcomes } from './merge-data-sets.js';
import { measureAway } from './measure-away.js';
import { measureScaling, networkInputs } from './network-inputs.js';

jest.setTimeout(60_000);

const WIDTH = 16;
const FEATURES = 3;
const ABILITIES = [-1, -0.3, 0.3, 1, 1.7];
const UNCERTAINTY = { logitScale: 1, difficultyVariance: 0.2 };

describe('measureAway', () => {
  /**
   * Kinds of two benchmarks each, every kind with a meaning and a form of its own. One feature, the same in
   * all kinds, says how hard a query is where `carriesOver`; otherwise each kind has a level of its own.
   */
  function world(kinds: number, carriesOver: boolean) {
    const random = seededRandom(5);
    const rows = kinds * 40;
    const kindOf = (row: number) => Math.floor(row / 40);
    const mean = Float32Array.from(
      { length: rows * WIDTH },
      (_, at) => (at % WIDTH === kindOf(Math.floor(at / WIDTH)) ? 1 : 0) + 0.05 * random.normal(),
    );
    const features = new Float32Array(rows * FEATURES);
    const cells = { item: [] as number[], subject: [] as number[], score: [] as number[] };
    for (let row = 0; row < rows; row++) {
      const length = random.normal();
      features.set([length, 3 * Math.cos(kindOf(row)), 3 * Math.sin(kindOf(row))], row * FEATURES);
      const level = kindOf(row) % 2 === 0 ? 2 : -2;
      const difficulty = carriesOver ? 1.5 * length : level;
      ABILITIES.forEach((ability, subject) => {
        cells.item.push(row);
        cells.subject.push(subject);
        cells.score.push(random.uniform() < sigmoid(ability - difficulty) ? 1 : 0);
      });
    }
    const merged = {
      source: Array.from({ length: rows }, (_, row) => `source ${row % 2}`),
      benchmark: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 20)),
      cells: { items: rows, subjects: ABILITIES.length, ...cells },
    } as unknown as MergedOutcomes;
    const encoded = { count: rows, embeddingWidth: WIDTH, mean, last: mean, first: mean, features };
    return { merged, encoded };
  }

  async function measure(kinds: number, carriesOver: boolean) {
    const { merged, encoded } = world(kinds, carriesOver);
    const rows = Int32Array.from({ length: encoded.count }, (_, row) => row);
    const { inputs, width } = networkInputs(encoded, measureScaling(encoded, rows));
    return measureAway({
      merged,
      encoded,
      training: {
        layout: { general: 1, facets: 0 },
        inputs,
        inputWidth: width,
        cells: merged.cells,
        logLengths: new Float64Array(encoded.count).fill(NaN),
        subjectGroup: ABILITIES.map((_, subject) => subject),
        rows,
      },
      settings: { ...DEFAULT_PREDICTOR_SETTINGS, hidden: 24, epochs: 20, batchSize: 32 },
      uncertainty: UNCERTAINTY,
      random: seededRandom(7),
      kernel: plainMatrixKernel,
      onEpoch: () => undefined,
    });
  }

  it('forecasts kinds that were held out, and tells them from those that were learnt from', async () => {
    const { figures, variance, cells } = await measure(8, true);
    expect(figures!.familiarityAuc).toBeGreaterThan(0.9);
    expect(figures!.auc).toBeGreaterThan(0.65);
    expect(figures!.logLoss).toBeLessThan(figures!.baselineLogLoss);
    expect(Object.keys(figures!.bySource).sort()).toEqual(['source 0', 'source 1']);
    expect(figures!.cells).toBe(8 * 40 * ABILITIES.length);
    expect(cells).toBeDefined();
    // Where a kind's level cannot be told from the others, forecasts have to be less sure.
    expect((await measure(8, false)).variance).toBeGreaterThan(variance + 1);
  });

  it('assumes what public sources gave where there are too few kinds', async () => {
    expect(await measure(3, true)).toEqual({ variance: 2, shrinkage: 0.75 });
  });
});
