import { describe, expect, it } from '@jest/globals';
import { failed, freshState, sampleAnchors } from '../test/sample-anchors.js';
import { gradedAnswers } from './onboarding-state.js';
import { scored } from './simulation/simulate-model.js';

describe('gradedAnswers', () => {
  const state = freshState(sampleAnchors(10), {
    asked: [7, 2, 5, 1, 9].map((anchor, i) => ({ anchor, heldOut: i === 1 })),
    outcomes: [
      scored(2, 1),
      { ...scored(5, 0.8), gradable: false },
      failed(1, 'timeout'),
      scored(7, 0.4),
    ],
  });

  it('takes what cannot be graded for wrong, and a failed call for no answer', () => {
    expect(gradedAnswers(state, 'all')).toEqual([
      { query: 7, score: 0.4 },
      { query: 2, score: 1 },
      { query: 5, score: 0 },
    ]);
  });

  it('tells chosen and held-out anchors apart', () => {
    expect(gradedAnswers(state, 'held-out')).toEqual([{ query: 2, score: 1 }]);
    expect(gradedAnswers(state, 'chosen').map(({ query }) => query)).toEqual([7, 5]);
  });
});
