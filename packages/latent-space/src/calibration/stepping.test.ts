import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { arrangeCells } from './arrange-cells.js';
import type { CalibrationProblem, CalibrationState } from './calibration-state.js';
import { connectedParts } from './connected-parts.js';
import { rotateToPrincipalAxes, standardiseSpace } from './identification.js';
import { itemPosteriors } from './item-posteriors.js';
import { itemStepper } from './item-step.js';
import { simulateOutcomes } from './simulate-outcomes.js';
import { logSubjectPrior, subjectGroups } from './subject-prior.js';
import { subjectStepper } from './subject-step.js';

const layout = { general: 1, facets: 2 };

/** Small parameters away from any mode, with uncertain items. */
function example(): {
  problem: CalibrationProblem;
  state: CalibrationState;
  posteriors: ReturnType<typeof itemPosteriors>;
} {
  const random = seededRandom(2);
  const { cells } = simulateOutcomes(layout, 12, 9, random, { observed: 0.7, soft: 0.5 });
  const arranged = arrangeCells(cells);
  const posteriors = itemPosteriors(12, layout);
  for (let i = 0; i < 12; i++)
    for (let j = 0, packed = i * 10; j < 4; j++)
      for (let k = 0; k <= j; k++) posteriors.spread[packed++] = j === k ? 0.4 : 0.05;
  const phi = Float64Array.from({ length: 48 }, () => 0.6 * random.normal());
  for (let j = 0; j < 48; j++) posteriors.mean[j] = j % 4 === 0 ? Math.exp(phi[j]) : phi[j];
  return {
    problem: {
      cells: arranged,
      layout,
      groups: subjectGroups([0, 0, 0, 1, 1, 2, 3, 4, 5], 0.5),
      itemGroup: Int32Array.from({ length: 12 }, (_, i) => i % 2),
      parts: connectedParts(arranged),
    },
    state: {
      theta: Float64Array.from({ length: 27 }, () => random.normal()),
      phi,
      priors: {
        logDiscriminationMean: Float64Array.of(-0.2),
        logDiscriminationVariance: 0.3,
        facetVariance: 0.5,
        difficultyMean: Float64Array.of(0.4, -0.3),
        difficultyVariance: Float64Array.of(1.5, 2.5),
      },
    },
    posteriors,
  };
}

function numericalGradient(
  parameters: Float64Array,
  from: number,
  to: number,
  value: () => number,
) {
  const gradient: number[] = [];
  for (let j = from; j < to; j++) {
    const held = parameters[j];
    parameters[j] = held + 1e-5;
    const above = value();
    parameters[j] = held - 1e-5;
    const below = value();
    parameters[j] = held;
    gradient.push((above - below) / 2e-5);
  }
  return gradient;
}

describe('steps of the alternation', () => {
  it.each([true, false])(
    'have the gradient of the items’ objective (uncertain: %s)',
    (uncertain) => {
      const { problem, state, posteriors } = example();
      if (!uncertain) posteriors.spread.fill(0);
      const stepper = itemStepper(problem, state, posteriors);
      for (const item of [0, 3, 7]) {
        const expected = numericalGradient(state.phi, item * 4, item * 4 + 4, () =>
          stepper.linearize(item),
        );
        stepper.linearize(item);
        expected.forEach((value, j) => expect(stepper.gradient[j]).toBeCloseTo(value, 6));
      }
    },
  );

  it('have the gradient of the subjects’ objective, items uncertain', () => {
    const { problem, state, posteriors } = example();
    const stepper = subjectStepper(problem, state, posteriors);
    for (const subject of [0, 4, 8]) {
      // The stepper holds the sums of the groups: the others of the group are constant either way.
      const value = () => subjectStepper(problem, state, posteriors).linearize(subject);
      const expected = numericalGradient(state.theta, subject * 3, subject * 3 + 3, value);
      stepper.linearize(subject);
      expected.forEach((slope, k) => expect(stepper.gradient[k]).toBeCloseTo(slope, 6));
    }
  });

  it('raise the objective until it rests, from far away too', () => {
    const { problem, state, posteriors } = example();
    const stepper = itemStepper(problem, state, posteriors);
    state.phi[4] = 4;
    state.phi[7] = -9;
    let value = stepper.linearize(1);
    for (let step = 0; step < 30; step++) {
      stepper.step(1);
      const next = stepper.linearize(1);
      expect(next).toBeGreaterThan(value - 1e-3);
      value = next;
    }
    expect(Math.max(...stepper.gradient.map(Math.abs))).toBeLessThan(1e-4);
  });
});

describe('the subjects’ prior', () => {
  it('conditions as its joint density says', () => {
    const { problem, state, posteriors } = example();
    const lonely = {
      ...problem,
      cells: arrangeCells({ items: 12, subjects: 9, item: [], subject: [], score: [] }),
    };
    const stepper = subjectStepper(lonely, state, posteriors);
    for (const subject of [1, 3, 6]) {
      const expected = numericalGradient(state.theta, subject * 3, subject * 3 + 3, () =>
        logSubjectPrior(state.theta, 3, problem.groups),
      );
      stepper.linearize(subject);
      expected.forEach((slope, k) => expect(stepper.gradient[k]).toBeCloseTo(slope, 6));
    }
  });
});

describe('identification', () => {
  it('moves no logit, and no variance of a logit by rotation', () => {
    const { problem, state, posteriors } = example();
    const logits = () =>
      Array.from({ length: 12 * 9 }, (_, cell) => {
        const i = Math.floor(cell / 9) * 4;
        const s = (cell % 9) * 3;
        const { theta, phi } = state;
        return (
          Math.exp(phi[i]) * theta[s] +
          phi[i + 1] * theta[s + 1] +
          phi[i + 2] * theta[s + 2] -
          phi[i + 3]
        );
      });
    const variance = (item: number, subject: number) => {
      const x = [...state.theta.subarray(subject * 3, subject * 3 + 3), -1];
      let sum = 0;
      for (let j = 0, packed = item * 10; j < 4; j++)
        for (let k = 0; k <= j; k++)
          sum += (j === k ? 1 : 2) * posteriors.spread[packed++] * x[j] * x[k];
      return sum;
    };
    const before = logits();
    standardiseSpace(problem, state);
    logits().forEach((z, j) => expect(z).toBeCloseTo(before[j], 9));
    const variances = [variance(0, 0), variance(5, 4)];
    rotateToPrincipalAxes(problem, state, posteriors);
    logits().forEach((z, j) => expect(z).toBeCloseTo(before[j], 9));
    expect(variance(0, 0)).toBeCloseTo(variances[0], 9);
    expect(variance(5, 4)).toBeCloseTo(variances[1], 9);
  });
});
