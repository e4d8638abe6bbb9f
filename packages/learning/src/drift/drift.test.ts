import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import type { Random } from '@zerorouter/latent-space';
import { NO_ACCURACY_DRIFT, watchAccuracy } from './accuracy-drift.js';
import { learnLength, lengthResidual, NO_LENGTH_DRIFT, watchLength } from './length-drift.js';

const RUNS = 500;

/** Answers until the alarm, on average; and the share of alarms in the given direction. */
function accuracyRuns(random: Random, forecast: () => number, drop: number) {
  let answers = 0;
  let worse = 0;
  for (let run = 0; run < RUNS; run++) {
    let drift = NO_ACCURACY_DRIFT;
    for (let alarm: string | null = null; alarm === null; answers++) {
      const p = forecast();
      ({ drift, alarm } = watchAccuracy(drift, random.uniform() < p - drop ? 1 : 0, p));
      if (alarm === 'worse') worse++;
    }
  }
  return { mean: answers / RUNS, worse: worse / RUNS };
}

describe('watchAccuracy', () => {
  it.each([
    ['spread', null],
    ['0.3', 0.3],
    ['0.5', 0.5],
    ['0.8', 0.8],
    ['0.9', 0.9],
  ])('alarms once in 500 answers or less, and soon after a drop: forecasts %s', (_, level) => {
    const random = seededRandom(11);
    const forecast = () => level ?? 0.3 + 0.65 * random.uniform();
    expect(accuracyRuns(random, forecast, 0).mean).toBeGreaterThan(500);
    const dropped = accuracyRuns(random, forecast, 0.15);
    expect(dropped.mean).toBeLessThan(85);
    expect(dropped.worse).toBeGreaterThan(0.9);
  });

  it('tells better from worse, and begins anew after an alarm', () => {
    let state = watchAccuracy(NO_ACCURACY_DRIFT, 1, 0.3);
    let answers = 1;
    for (; state.alarm === null; answers++) state = watchAccuracy(state.drift, 1, 0.3);
    expect(state).toEqual({ drift: NO_ACCURACY_DRIFT, alarm: 'better' });
    expect(answers).toBeGreaterThan(5);
  });
});

describe('watchLength', () => {
  const runs = (random: Random, shift: number) => {
    let answers = 0;
    for (let run = 0; run < RUNS; run++) {
      let drift = NO_LENGTH_DRIFT;
      for (let alarm: string | null = null; alarm === null; answers++)
        ({ drift, alarm } = watchLength(drift, random.normal() + shift));
    }
    return answers / RUNS;
  };

  it('alarms once in 500 answers or less, and soon after a shift', () => {
    const random = seededRandom(12);
    expect(runs(random, 0)).toBeGreaterThan(500);
    expect(runs(random, 1)).toBeLessThan(14);
    expect(runs(random, -1)).toBeLessThan(14);
  });

  it('takes no alarm from one freak', () => {
    expect(watchLength(NO_LENGTH_DRIFT, 1e6).alarm).toBeNull();
  });
});

describe('learnLength', () => {
  it('finds the offset, and residuals lose what it erred by', () => {
    const random = seededRandom(13);
    let length = { offset: 0, offsetVariance: 1, smearing: 1.2, logDeviation: 0.5 };
    for (let i = 0; i < 200; i++)
      length = learnLength(length, Math.exp(5 + 0.7 + 0.5 * random.normal()), 5);
    expect(Math.abs(length.offset - 0.7)).toBeLessThan(0.1);
    expect(length.offsetVariance).toBeLessThan(0.005);
    expect(Math.abs(lengthResidual(Math.exp(5.7), 5, length))).toBeLessThan(0.2);
  });
});
