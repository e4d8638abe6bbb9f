import { describe, expect, it } from '@jest/globals';
import { expectedAccuracy, seededRandom } from '@zerorouter/latent-space';
import { failed, freshState, sampleAnchors, samplePrior } from '../../test/sample-anchors.js';
import type { AnchorOutcome, AskedAnchor, OnboardingState } from '../onboarding-state.js';
import { gradedAnswers } from '../onboarding-state.js';
import { runOnboarding, scored, simulateModel } from '../simulation/simulate-model.js';
import { nextAnchors } from './next-anchors.js';

const anchors = sampleAnchors(120);
const { scores } = simulateModel(
  anchors,
  samplePrior,
  { discrimination: 0.15, tails: 4, sensitivity: 0.15 },
  seededRandom(8),
);
/** One in seven calls fails. */
const answer = (anchor: number): AnchorOutcome =>
  anchor % 7 === 0 ? failed(anchor, 'timeout') : scored(anchor, scores[anchor]);
const run = (limits: Partial<OnboardingState> = {}) =>
  runOnboarding(freshState(anchors, limits), answer);

describe('nextAnchors', () => {
  it('asks each anchor once, as many as it may, every eighth of them a hold-out', () => {
    const { asked, ...state } = run();
    expect(new Set(asked.map(({ anchor }) => anchor)).size).toBe(50);
    expect(asked.map(({ heldOut }) => heldOut)).toEqual(
      asked.map((_, position) => position % 8 === 7 && position < 48),
    );
    expect(nextAnchors({ asked, ...state }).stoppedBy).toBe('max_anchors');
  });

  it('asks the same for the same seed, and others for another', () => {
    expect(run().asked).toEqual(run().asked);
    expect(run({ seed: 2 }).asked).not.toEqual(run().asked);
  });

  it('adapts: other answers lead to other anchors', () => {
    const wrong = runOnboarding(freshState(anchors), (anchor) => scored(anchor, 0));
    const right = runOnboarding(freshState(anchors), (anchor) => scored(anchor, 1));
    const difficulty = ({ asked }: OnboardingState) =>
      asked.reduce((sum, { anchor }) => sum + anchors[anchor].difficulty / asked.length, 0);
    expect(difficulty(right)).toBeGreaterThan(difficulty(wrong));
  });

  it('asks the whole set where it is smaller than the limit', () => {
    const state = runOnboarding(freshState(anchors.slice(0, 30), { maxAnchors: 99 }), answer);
    expect(new Set(state.asked.map(({ anchor }) => anchor)).size).toBe(30);
    expect(nextAnchors(state).stoppedBy).toBe('anchors');
  });

  it('asks no excluded anchor, chosen or held out', () => {
    const excluded = new Set(anchors.flatMap((_, i) => (i % 2 ? [i] : [])));
    const { asked } = run({ excluded, maxAnchors: 60 });
    expect(asked).toHaveLength(60);
    expect(asked.filter(({ anchor }) => excluded.has(anchor))).toEqual([]);
  });

  it('never lets a hold-out have a say in what is chosen', () => {
    const plain = run();
    const heldOut = new Set(plain.asked.flatMap((own) => (own.heldOut ? [own.anchor] : [])));
    const flipped = runOnboarding(freshState(anchors), (anchor) =>
      heldOut.has(anchor) ? scored(anchor, 1 - scores[anchor]) : answer(anchor),
    );
    expect(flipped.asked).toEqual(plain.asked);
  });

  it('prefers cheap anchors where costs are told', () => {
    const costs = anchors.map((_, i) => (i % 3 ? 1 : 10));
    const spent = ({ asked }: OnboardingState) =>
      asked.reduce((sum, { anchor }) => sum + costs[anchor], 0);
    expect(spent(run({ costs }))).toBeLessThan(0.9 * spent(run()));
  });

  it('stops once accuracy is known well enough, and not a batch later', () => {
    const targetDeviation = 0.08;
    const state = run({ targetDeviation, maxAnchors: 100 });
    const deviation = (answers: ReturnType<typeof gradedAnswers>) =>
      expectedAccuracy(samplePrior, anchors, answers).standardDeviation;
    const answers = gradedAnswers(state, 'all');
    expect(nextAnchors(state)).toEqual({ ask: [], stoppedBy: 'target_sd' });
    expect(deviation(answers)).toBeLessThanOrEqual(targetDeviation);
    expect(deviation(answers.slice(0, -12))).toBeGreaterThan(targetDeviation);
    expect(run({ targetDeviation: 0.5 }).asked).toEqual([]);
  });

  it('waits for a batch to come in before it draws the next', () => {
    const state = freshState(anchors);
    const { ask } = nextAnchors(state);
    expect(ask).toHaveLength(4);
    const three = ask.slice(0, 3).map(({ anchor }) => answer(anchor));
    expect(nextAnchors({ ...state, asked: ask, outcomes: three })).toEqual({
      ask: [],
      stoppedBy: null,
    });
  });

  it('refuses a limit that is none', () => {
    expect(() => nextAnchors(freshState(anchors, { maxAnchors: NaN }))).toThrow(/NaN/);
    expect(nextAnchors(freshState(anchors, { maxAnchors: 0 })).stoppedBy).toBe('max_anchors');
  });
});

describe('a run that is cut', () => {
  /** Anchors are fetched a few at a time, calls come back in any order, and now and then all is read anew. */
  function cutRun(limits: Partial<OnboardingState>, seed: number): readonly AskedAnchor[] {
    const random = seededRandom(seed);
    let state = freshState(anchors, limits);
    const out: number[] = [];
    for (;;) {
      const next = nextAnchors(state, 1 + random.integer(5));
      state = { ...state, asked: [...state.asked, ...next.ask] };
      out.push(...next.ask.map(({ anchor }) => anchor));
      if (next.stoppedBy !== null && out.length === 0) return state.asked;
      for (let landed = random.integer(out.length + 1); landed > 0; landed--) {
        const [anchor] = out.splice(random.integer(out.length), 1);
        state = { ...state, outcomes: [...state.outcomes, answer(anchor)] };
      }
      if (random.uniform() < 0.3) state = JSON.parse(JSON.stringify(state)) as OnboardingState;
    }
  }

  it.each([{}, { maxAnchors: 90 }, { targetDeviation: 0.08, maxAnchors: 100 }, { maxAnchors: 9 }])(
    'asks exactly what it would have asked, with %j',
    (limits) => {
      const whole = run(limits).asked;
      for (let seed = 0; seed < 40; seed++) expect(cutRun(limits, seed)).toEqual(whole);
    },
  );

  it('goes on from any prefix with the same anchors', () => {
    const whole = run({ targetDeviation: 0.05 });
    for (let cut = 0; cut <= whole.asked.length; cut++) {
      const asked = whole.asked.slice(0, cut);
      const state = {
        ...whole,
        asked,
        outcomes: asked.map(({ anchor }) => answer(anchor)),
      };
      expect(runOnboarding(state, answer).asked).toEqual(whole.asked);
    }
  });
});
