import { beforeAll, describe, expect, it } from '@jest/globals';
import { plainMatrixKernel } from '../linear-algebra/matrix-kernel.js';
import { unitRows } from '../linear-algebra/rows.js';
import { seededRandom } from '../random/seeded-random.js';
import type { FamiliarityMap, QueryView, Views } from './familiarity.js';
import { familiarityOf, learnFamiliarity, liftedRows } from './familiarity.js';

const WIDTH = 6;
const COUNT = 800;
const random = seededRandom(5);

/** Points about a few centers, of which `offset` says the first. */
function cloud(count: number, offset: number): Float32Array {
  const vectors = new Float32Array(count * WIDTH);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < WIDTH; j++)
      vectors[i * WIDTH + j] = (j === (offset + (i % 2)) % WIDTH ? 3 : 0) + 0.4 * random.normal();
  return vectors;
}

const views = (meaning: Float32Array, form: Float32Array): Views<QueryView> => ({
  meaning: { vectors: unitRows(meaning, WIDTH), width: WIDTH },
  form: liftedRows(form, WIDTH),
});

const mean = (values: Float32Array) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('familiarity', () => {
  let map: FamiliarityMap;
  beforeAll(async () => {
    map = await learnFamiliarity(
      views(cloud(COUNT, 0), cloud(COUNT, 0)),
      random,
      plainMatrixKernel,
    );
  });
  const meanOf = async (meaning: Float32Array, form: Float32Array) =>
    mean(await familiarityOf(map, views(meaning, form), plainMatrixKernel));

  it('is high for new queries like those that were learnt from', async () => {
    expect(await meanOf(cloud(200, 0), cloud(200, 0))).toBeGreaterThan(0.65);
  });

  it.each([
    ['meaning', 3, 0],
    ['form', 0, 3],
    ['both', 3, 3],
  ])('is none for queries that are strange in %s', async (_name, meaning, form) => {
    expect(await meanOf(cloud(200, meaning), cloud(200, form))).toBeLessThan(0.05);
  });

  it('tells vectors of one direction by their length', async () => {
    const long = cloud(200, 0).map((value) => 5 * value);
    expect(await meanOf(cloud(200, 0), long)).toBeLessThan(0.3);
  });

  it('is a number where all queries are one', async () => {
    const same = new Float32Array(40 * WIDTH).fill(1);
    const alike = await learnFamiliarity(views(same, same), random, plainMatrixKernel);
    const values = await familiarityOf(alike, views(same, same), plainMatrixKernel);
    expect([...new Set(values)]).toEqual([1]);
  });
});

describe('liftedRows', () => {
  it('gives unit rows, the origin included, and keeps the order of lengths', () => {
    const { vectors, width } = liftedRows(Float32Array.of(0, 0, 1, 0, 4, 0), 2);
    expect(width).toBe(3);
    for (let i = 0; i < 3; i++)
      expect(Math.hypot(...vectors.subarray(3 * i, 3 * i + 3))).toBeCloseTo(1, 6);
    expect(vectors[2]).toBe(1);
    expect(vectors[5]).toBeGreaterThan(vectors[8]);
  });
});
