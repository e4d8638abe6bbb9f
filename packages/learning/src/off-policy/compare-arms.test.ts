import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import type { Random } from '@zerorouter/latent-space';
import { compareArms } from './compare-arms.js';
import type { ArmScore } from './compare-arms.js';

interface Trial {
  share: number;
  control: number;
  candidate: number;
}

function* scoresOf({ share, control, candidate }: Trial, random: Random): Generator<ArmScore> {
  for (;;) {
    const arm = random.uniform() < share ? 'candidate' : 'control';
    yield { arm, score: random.uniform() < (arm === 'candidate' ? candidate : control) ? 1 : 0 };
  }
}

/** Looks after every `every` scores; how many had come when the difference was below −bound, or null. */
function stopsAt(trial: Trial, bound: number, most: number, every: number, random: Random) {
  const scores: ArmScore[] = [];
  for (const score of scoresOf(trial, random)) {
    scores.push(score);
    if (scores.length % every === 0 && compareArms(scores, 0.9).interval[1] < -bound)
      return scores.length;
    if (scores.length >= most) return null;
  }
  return null;
}

describe('compareArms', () => {
  it('is wrong at most as often as it says, however often one looks', () => {
    const random = seededRandom(5);
    const trials = 60;
    let wrong = 0;
    let outside = 0;
    // The drop is exactly what is allowed: the hardest case.
    const trial = { share: 0.3, control: 0.8, candidate: 0.75 };
    for (let i = 0; i < trials; i++) {
      if (stopsAt(trial, 0.05, 400, 40, random) !== null) wrong++;
      const stream = scoresOf(trial, random);
      const scores = Array.from({ length: 300 }, () => stream.next().value as ArmScore);
      const [low, high] = compareArms(scores, 0.9).interval;
      if (low > -0.05 || high < -0.05) outside++;
    }
    expect(wrong / trials).toBeLessThanOrEqual(0.1);
    expect(outside / trials).toBeLessThanOrEqual(0.2);
  });

  it('finds a large drop within a few hundred scores, and hardly ever a small one', () => {
    const random = seededRandom(6);
    const stops = Array.from({ length: 20 }, () =>
      stopsAt({ share: 0.3, control: 0.8, candidate: 0.4 }, 0.05, 600, 20, random),
    );
    expect(stops.every((stop) => stop !== null)).toBe(true);
    expect(stops.reduce<number>((sum, stop) => sum + stop!, 0) / stops.length).toBeLessThan(150);
  });

  it('narrows around the difference, and is the same whichever arm is called which', () => {
    const random = seededRandom(7);
    const generator = scoresOf({ share: 0.5, control: 0.5, candidate: 0.7 }, random);
    const scores = Array.from({ length: 4_000 }, () => generator.next().value as ArmScore);
    const { interval, control, candidate } = compareArms(scores, 0.95);
    expect(control.scores + candidate.scores).toBe(4_000);
    expect(candidate.mean! - control.mean!).toBeCloseTo(0.2, 1);
    expect(interval[0]).toBeGreaterThan(0.08);
    expect(interval[1]).toBeLessThan(0.32);
    const swapped = scores.map(({ arm, score }): ArmScore => ({
      arm: arm === 'control' ? 'candidate' : 'control',
      score,
    }));
    const mirrored = compareArms(swapped, 0.95).interval;
    expect(mirrored[0]).toBeCloseTo(-interval[1], 9);
    expect(mirrored[1]).toBeCloseTo(-interval[0], 9);
  });

  it('knows nothing of arms without scores', () => {
    expect(compareArms([], 0.95)).toEqual({
      control: { scores: 0, mean: null },
      candidate: { scores: 0, mean: null },
      interval: [-1, 1],
    });
    const one = Array.from({ length: 500 }, (): ArmScore => ({ arm: 'candidate', score: 1 }));
    const [low, high] = compareArms(one, 0.95).interval;
    expect(low).toBeLessThan(0);
    expect(high).toBe(1);
    expect(() => compareArms([{ arm: 'control', score: 2 }], 0.95)).toThrow(/score 2/);
    expect(() => compareArms([], 1)).toThrow(/confidence 1/);
  });
});
