import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf } from '../predictor/response-head.js';
import type { Random } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import type { FittedParameters } from './item-fit.js';
import type { OutcomeCells } from './outcome-matrix.js';

export interface Simulation extends FittedParameters {
  readonly cells: OutcomeCells;
  readonly abilities: Float64Array;
  readonly discrimination: Float64Array;
  readonly difficulty: Float64Array;
}

/**
 * Draws abilities θ ~ N(0, I), items (log α ~ N(0, 0.09), facets ~ N(0, facetVariance), d ~ N(0.3, 1.5²))
 * and outcomes from the response model. A share `observed` of cells is kept; of those, a share `soft`
 * is the mean of four answers and not a single one.
 */
export function simulateOutcomes(
  layout: LatentLayout,
  items: number,
  subjects: number,
  random: Random,
  options: { observed?: number; soft?: number; facetVariance?: number } = {},
): Simulation {
  const { observed = 0.5, soft = 0, facetVariance = 0.8 } = options;
  const dimensions = dimensionsOf(layout);
  const abilities = Float64Array.from({ length: subjects * dimensions }, () => random.normal());
  const discrimination = Float64Array.from({ length: items * dimensions }, (_, j) =>
    j % dimensions < layout.general
      ? Math.exp(0.3 * random.normal())
      : Math.sqrt(facetVariance) * random.normal(),
  );
  const difficulty = Float64Array.from({ length: items }, () => 0.3 + 1.5 * random.normal());
  const item: number[] = [];
  const subject: number[] = [];
  const score: number[] = [];
  for (let i = 0; i < items; i++)
    for (let s = 0; s < subjects; s++) {
      if (random.uniform() >= observed) continue;
      let z = -difficulty[i];
      for (let k = 0; k < dimensions; k++)
        z += discrimination[i * dimensions + k] * abilities[s * dimensions + k];
      const answers = random.uniform() < soft ? 4 : 1;
      let right = 0;
      for (let a = 0; a < answers; a++) right += random.uniform() < sigmoid(z) ? 1 : 0;
      item.push(i);
      subject.push(s);
      score.push(right / answers);
    }
  const cells = { items, subjects, item, subject, score };
  return { layout, cells, abilities, discrimination, difficulty };
}
