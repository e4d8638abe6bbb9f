import type { MatrixKernel } from '../linear-algebra/matrix-kernel.js';
import type { Random } from '../random/seeded-random.js';
import { nearestCentroids, sphericalCentroids } from './centroids.js';

/** The sides from which a query is looked at: what it speaks of, and how it is put. */
export interface Views<Value> {
  readonly meaning: Value;
  readonly form: Value;
}
const SIDES = ['meaning', 'form'] as const;

/** Queries seen from one side: unit rows of `width`. */
export interface QueryView {
  readonly vectors: Float32Array;
  readonly width: number;
}

/** One view of the queries that a predictor learnt from. */
export interface FamiliarView {
  /** Unit centroids, centroids × width. */
  readonly centroids: Float32Array;
  /** Cosine to the nearest centroid of the middle query, and of one in twenty that is farther off. */
  readonly typical: number;
  readonly rare: number;
}

/** What tells how far from home a query is. */
export interface FamiliarityMap {
  readonly views: Views<FamiliarView>;
  /** {@link strangeness} up to which everything is familiar, and from which nothing is. */
  readonly range: readonly [home: number, away: number];
}

const CENTROIDS = 256;

/** Shares of the queries that are less strange than where home ends, and than where it is left behind. */
const HOME_QUANTILE = 0.75;
const AWAY_QUANTILE = 0.99;

/** Learns the map from queries, each view with the same ones in the same order. */
export async function learnFamiliarity(
  queries: Views<QueryView>,
  random: Random,
  kernel: MatrixKernel,
): Promise<FamiliarityMap> {
  const meaning = await learnView(queries.meaning, random, kernel);
  const form = await learnView(queries.form, random, kernel);
  const views = { meaning: meaning.view, form: form.view };
  const strange = strangeness(views, { meaning: meaning.cosine, form: form.cosine }).sort();
  const home = quantile(strange, HOME_QUANTILE);
  return { views, range: [home, Math.max(quantile(strange, AWAY_QUANTILE), home + 0.1)] };
}

async function learnView(
  { vectors, width }: QueryView,
  random: Random,
  kernel: MatrixKernel,
): Promise<{ view: FamiliarView; cosine: Float32Array }> {
  const count = Math.min(CENTROIDS, Math.max(1, Math.floor(vectors.length / width / 8)));
  const centroids = await sphericalCentroids(vectors, width, count, random, kernel);
  const { cosine } = await nearestCentroids(centroids, vectors, width, kernel);
  const sorted = cosine.slice().sort();
  const typical = quantile(sorted, 0.5);
  const rare = Math.min(quantile(sorted, 0.05), typical - 0.01);
  return { view: { centroids, typical, rare }, cosine };
}

/**
 * How familiar queries are, each in [0, 1]: 1 − (strangeness − home)/(away − home), clipped; what the
 * exported head computes.
 */
export async function familiarityOf(
  { views, range: [home, away] }: FamiliarityMap,
  queries: Views<QueryView>,
  kernel: MatrixKernel,
): Promise<Float32Array> {
  const cosinesOn = async (side: keyof Views<unknown>) => {
    const { vectors, width } = queries[side];
    return (await nearestCentroids(views[side].centroids, vectors, width, kernel)).cosine;
  };
  const cosines = { meaning: await cosinesOn('meaning'), form: await cosinesOn('form') };
  return strangeness(views, cosines).map((value) =>
    Math.min(1, Math.max(0, (away - value) / (away - home))),
  );
}

/**
 * Unit rows of vectors whose length says something too: a further coordinate of √width is put to each
 * before it is scaled, so that those near the origin lie together instead of in all directions.
 */
export function liftedRows(vectors: Float32Array, width: number): QueryView {
  const rows = vectors.length / width;
  const lifted = new Float32Array(rows * (width + 1));
  for (let i = 0; i < rows; i++) {
    let squares = width;
    for (let j = 0; j < width; j++) squares += vectors[i * width + j] ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let j = 0; j < width; j++) lifted[i * (width + 1) + j] = vectors[i * width + j] * scale;
    lifted[i * (width + 1) + width] = Math.sqrt(width) * scale;
  }
  return { vectors: lifted, width: width + 1 };
}

/** Over the views: how much farther than the middle query each lies, in units of a rare one's distance. */
function strangeness(views: Views<FamiliarView>, cosines: Views<Float32Array>): Float32Array {
  return cosines.meaning.map((_, q) =>
    SIDES.reduce((sum, side) => {
      const { typical, rare } = views[side];
      return sum + (typical - cosines[side][q]) / (typical - rare);
    }, 0),
  );
}

function quantile(sorted: Float32Array, share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))];
}
