import { describe, expect, it } from '@jest/globals';
import { plainMatrixKernel } from '../linear-algebra/matrix-kernel.js';
import { forward, initializeNetwork } from '../predictor/network.js';
import type { LatentLayout } from '../predictor/response-head.js';
import { dimensionsOf, outputsOf, readItem } from '../predictor/response-head.js';
import { seededRandom } from '../random/seeded-random.js';
import { dot, quadraticForm, sigmoid } from '../response-model/response-model.js';
import type { Coordinates } from './apply-link.js';
import { carryAbility, linkAbility, linkItem, linkNetwork } from './apply-link.js';
import { linkSpaces } from './link-spaces.js';
import type { Simulation } from './simulate-outcomes.js';
import { simulateOutcomes } from './simulate-outcomes.js';

const facetted = { general: 1, facets: 3 };
const positive = { general: 4, facets: 0, vectorDifficulty: true };

const rotation3 = [0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6];

/** From the new space to the old, with every part at work. */
function change(layout: LatentLayout): Coordinates {
  return layout === facetted
    ? {
        layout,
        permutation: [0],
        slope: [1.3],
        rotation: rotation3,
        facetScale: 0.8,
        intercept: [0, 0.2, -0.5, 0.1],
      }
    : {
        layout,
        permutation: [2, 0, 3, 1],
        slope: [1.3, 0.7, 1, 2],
        rotation: [],
        facetScale: 1,
        intercept: [0.4, -0.3, 0.2, 1],
      };
}

function common(simulation: Simulation, link: Coordinates, generalShift = 0, noise = 0) {
  const { abilities, discrimination, difficulty, layout } = simulation;
  const random = seededRandom(99);
  const d = dimensionsOf(layout);
  const row = (matrix: Float64Array, at: number) => matrix.slice(at * d, (at + 1) * d);
  const covariance = new Float64Array(d * d);
  const old = {
    abilities: [] as number[],
    discrimination: [] as number[],
    difficulty: [] as number[],
  };
  for (let s = 0; s < abilities.length / d; s++) {
    const { mean } = linkAbility(link, { mean: row(abilities, s), covariance });
    mean[0] += generalShift;
    old.abilities.push(...mean.map((value) => value + noise * random.normal()));
  }
  for (let i = 0; i < difficulty.length; i++) {
    const item = linkItem(link, {
      discrimination: row(discrimination, i),
      difficulty: difficulty[i],
      difficultyVariance: 0,
    });
    old.discrimination.push(
      ...item.discrimination.map((value, k) =>
        k < layout.general
          ? value * Math.exp(noise * random.normal())
          : value + noise * random.normal(),
      ),
    );
    old.difficulty.push(
      item.difficulty + generalShift * item.discrimination[0] + noise * random.normal(),
    );
  }
  return {
    abilities: { old: old.abilities, new: abilities },
    items: { old, new: { discrimination, difficulty } },
  };
}

describe('linkSpaces', () => {
  it.each([
    ['one general dimension and facets', facetted],
    ['several positive dimensions with a difficulty vector', positive],
  ])('recovers an exact change of coordinates: %s', (_, layout) => {
    const truth = simulateOutcomes(layout, 30, 25, seededRandom(1));
    const known = change(layout);
    const both = common(truth, known);
    const parts = {
      both,
      subjects: { abilities: both.abilities },
      items: { abilities: { old: [], new: [] }, items: both.items },
    };
    for (const part of Object.values(parts)) {
      const link = linkSpaces(layout, part);
      expect(link.permutation).toEqual(known.permutation);
      const all = (of: Coordinates) => [
        ...of.slope,
        ...of.rotation,
        of.facetScale,
        ...of.intercept,
      ];
      all(link).forEach((value, j) => expect(value).toBeCloseTo(all(known)[j], 6));
      link.offset.forEach((value) => expect(value).toBeCloseTo(0, 6));
      link.residual.forEach((value) => expect(value).toBeLessThan(1e-6));
      expect(JSON.parse(JSON.stringify(link))).toEqual(link);
    }
  });

  it('is steady under noise, and better with subjects and items together', () => {
    const truth = simulateOutcomes(facetted, 400, 60, seededRandom(2));
    const link = linkSpaces(facetted, common(truth, change(facetted), 0, 0.2));
    expect(Math.abs(link.slope[0] - 1.3)).toBeLessThan(0.05);
    expect(Math.abs(link.facetScale - 0.8)).toBeLessThan(0.06);
    link.rotation.forEach((value, j) => expect(Math.abs(value - rotation3[j])).toBeLessThan(0.06));
    link.residual.forEach((value) => expect(value).toBeLessThan(0.3));
    link.correlation.forEach((value) => {
      expect(value).toBeGreaterThan(0.9);
      expect(value).toBeLessThan(1);
    });
  });

  it('leaves a general intercept to the abilities, which carry it exactly', () => {
    const truth = simulateOutcomes(facetted, 30, 25, seededRandom(3));
    const link = linkSpaces(facetted, common(truth, change(facetted), 0.9));
    expect(link.intercept[0]).toBe(0);
    expect(link.offset[0]).toBeCloseTo(0.9, 6);
    const old = { mean: [1.5, 0.1, 0.2, 0.3], covariance: new Float64Array(16) };
    expect(carryAbility(link, old).mean[0]).toBeCloseTo(0.6, 6);
    const unsure = { offset: link.offset, residual: [0.5, 0, 0.1, 0] };
    expect(carryAbility(unsure, old).covariance).toEqual([
      0.25,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0.1 ** 2,
      0,
      0,
      0,
      0,
      0,
    ]);
  });

  it('refuses spaces with nothing in common, and rows that disagree', () => {
    expect(() => linkSpaces(facetted, { abilities: { old: [], new: [] } })).toThrow(/0 and 0/);
    expect(() => linkSpaces(facetted, { abilities: { old: [1, 2], new: [1, 2] } })).toThrow(
      /4 dim/,
    );
  });
});

describe('applying a link', () => {
  it.each([
    ['one general dimension and facets', facetted],
    ['several positive dimensions with a difficulty vector', positive],
  ])('changes no probability of any network, ability or item: %s', async (_, layout) => {
    const random = seededRandom(7);
    const d = dimensionsOf(layout);
    const shape = { inputs: 6, hidden: 10, outputs: outputsOf(layout) };
    const member = initializeNetwork(shape, random);
    for (let j = 0; j < member.outputWeights.length; j++)
      member.outputWeights[j] = 0.4 * random.normal();
    for (let j = 0; j < member.outputBias.length; j++) member.outputBias[j] = 0.3 * random.normal();
    const link = change(layout);
    const linked = linkNetwork(link, shape, member);
    const x = Float32Array.from({ length: 20 * 6 }, () => random.normal());
    const before = await forward(shape, member, x, 20, null, plainMatrixKernel);
    const after = await forward(shape, linked, x, 20, null, plainMatrixKernel);
    const factor = Array.from({ length: d * d }, () => random.normal() / 3);
    const covariance = factor.map((_, at) => {
      let sum = 0;
      for (let k = 0; k < d; k++)
        sum += factor[Math.floor(at / d) * d + k] * factor[(at % d) * d + k];
      return sum;
    });
    for (let i = 0; i < 20; i++) {
      const ability = { mean: Array.from({ length: d }, () => random.normal()), covariance };
      const moved = linkAbility(link, ability);
      const item = readItem(before.outputs, i * shape.outputs, layout);
      const movedItem = readItem(after.outputs, i * shape.outputs, layout);
      const direct = linkItem(link, { ...item, difficultyVariance: 0.5 });
      const p = sigmoid(dot(item.discrimination, ability.mean) - item.difficulty);
      for (const other of [movedItem, direct]) {
        const z = dot(other.discrimination, moved.mean) - other.difficulty;
        expect(Math.abs(sigmoid(z) - p)).toBeLessThan(1e-6);
        expect(quadraticForm(other.discrimination, moved.covariance)).toBeCloseTo(
          quadraticForm(item.discrimination, covariance),
          5,
        );
      }
      expect(movedItem.logOutputTokens).toBe(item.logOutputTokens);
    }
  });

  it('refuses an intercept that no output layer can carry', () => {
    const shape = { inputs: 2, hidden: 3, outputs: outputsOf(facetted) };
    const network = initializeNetwork(shape, seededRandom(1));
    const link = { ...change(facetted), intercept: [0.5, 0, 0, 0] };
    expect(() => linkNetwork(link, shape, network)).toThrow(/0\.5/);
    expect(() => linkNetwork(link, { ...shape, outputs: 3 }, network)).toThrow(/3 outputs/);
  });
});
