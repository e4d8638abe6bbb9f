import { describe, expect, it } from '@jest/globals';
import { modelProfileSchema, onboardingResultSchema } from '@zerorouter/contracts';
import {
  failed,
  freshState,
  sampleAnchors,
  samplePrior,
  withOutcomes,
} from '../../test/sample-anchors.js';
import type { AnchorOutcome, OnboardingState } from '../onboarding-state.js';
import { runOnboarding, scored } from '../simulation/simulate-model.js';
import { measureModel } from './measure-model.js';
import { onboardingProgress } from './onboarding-counts.js';

const anchors = sampleAnchors(100);
const known = {
  name: 'maker/new',
  prices: { input_per_mtok: 2, output_per_mtok: 8 },
  lengthPrior: { mean: 0, variance: 0.3, residualVariance: 0.4 },
  maxTokens: null as number | null,
  stoppedBy: 'max_anchors' as const,
  spentUsd: 0.25,
};

/** Right where d̂ < ½; twice as wordy as the query asks for; its own count of input is 30 above the estimate. */
function served(anchor: number): AnchorOutcome {
  const { difficulty, logOutputTokens, inputTokens } = anchors[anchor];
  const outputTokens = Math.round(2 * Math.exp(logOutputTokens!));
  const ttftMs = 300 + inputTokens;
  return {
    ...scored(anchor, difficulty < 0.5 ? 1 : 0),
    inputTokens: 30 + inputTokens,
    outputTokens,
    ttftMs,
    totalMs: ttftMs + 20 * (outputTokens - 1),
    costUsd: 1e-3,
  };
}

function measure(state: OnboardingState, own: Partial<typeof known> = {}) {
  const measured = measureModel(state, { ...known, ...own });
  // What is stored and answered is of the contracts' shape.
  modelProfileSchema.parse(measured.profile);
  onboardingResultSchema.parse({ profile_version: 1, state: 'shadow', ...measured.result });
  return measured;
}

const whole = runOnboarding(freshState(anchors), served);

describe('measureModel', () => {
  it('takes an answer that ended at max_tokens for longer than that', () => {
    const lengths = whole.outcomes.map(({ outputTokens }) => outputTokens!).sort((a, b) => a - b);
    const limit = lengths[Math.floor(0.6 * lengths.length)];
    const cut: OnboardingState = {
      ...whole,
      outcomes: whole.outcomes.map((outcome) => ({
        ...outcome,
        outputTokens: Math.min(limit, outcome.outputTokens!),
      })),
    };
    const offset = (maxTokens: number | null) => measure(cut, { maxTokens }).profile.length!.offset;
    const told = measure(whole).profile.length!.offset;
    expect(offset(null)).toBeLessThan(told - 0.1);
    expect(Math.abs(offset(limit) - told)).toBeLessThan(0.1);
  });

  it('finds ability, verbosity, cost and latency', () => {
    const { profile, result } = measure(whole);
    expect(result.held).toBeNull();
    expect(result.anchors).toEqual({
      asked: 50,
      answered: 50,
      ungradable: 0,
      failed: 0,
      held_out: 6,
    });
    const truth = anchors.filter(({ difficulty }) => difficulty < 0.5).length / 100;
    expect(Math.abs(result.expected_accuracy.value - truth)).toBeLessThan(0.1);
    expect(result.length_offset! / Math.LN2).toBeCloseTo(1, 1);
    expect(profile.cost).toMatchObject({ kind: 'prices', inputPerMtok: 2, outputPerMtok: 8 });
    const { base, perToken } = (profile.cost as { inputCount: { base: number; perToken: number } })
      .inputCount;
    expect(base + 200 * perToken).toBeCloseTo(230, 0);
    expect(result.latency!.ttft_ms).toBeCloseTo(300, 0);
    expect(result.latency!.ttft_ms_per_input_token).toBeCloseTo(1, 2);
    expect(result.latency!.tpot_ms).toBeCloseTo(20, 1);
    expect(profile.latency!.perOutputToken).toBeCloseTo(0.02, 4);
    expect(result.cost_usd).toBe(0.25);
  });

  it('gives the metadata prior for no answers, and holds it', () => {
    const { profile, result } = measure(freshState(anchors), { prices: null as never });
    expect(profile.ability.mean).toEqual(samplePrior.mean);
    profile.ability.covariance.forEach((value, at) =>
      expect(value).toBeCloseTo(samplePrior.covariance[at], 12),
    );
    expect(profile).toMatchObject({ cost: null, latency: null, length: { offset: 0 } });
    expect(result).toMatchObject({
      length_offset: null,
      misfit: null,
      domains: [],
      failure_rate: 0,
    });
    expect(result.held).toMatch(/answered no anchor/);
  });

  it('keeps failed calls out of the ability and counts them by reason', () => {
    const some = (fail: boolean) =>
      withOutcomes(
        freshState(anchors),
        Array.from({ length: 20 }, (_, i) =>
          i < 15 ? served(i) : failed(i, i < 17 ? 'timeout' : 'status-500'),
        ).slice(0, fail ? 20 : 15),
      );
    const { result } = measure(some(true));
    expect(result.ability).toEqual(measure(some(false)).result.ability);
    expect(result.failures).toEqual({ timeout: 2, 'status-500': 3 });
    expect(result.failure_rate).toBe(0.25);
    expect(result.held).toMatch(/5 of 20 anchors brought no answer/);
    expect(result.anchors).toMatchObject({ asked: 20, answered: 15, failed: 5 });
  });

  it('takes an answer that cannot be graded for a wrong one, and counts it apart', () => {
    const state = (gradable: boolean) =>
      withOutcomes(
        freshState(anchors),
        Array.from({ length: 20 }, (_, i) =>
          i < 13 ? served(i) : { ...served(i), score: gradable ? 0 : 1, gradable },
        ),
      );
    const { result } = measure(state(false));
    expect(result.ability).toEqual(measure(state(true)).result.ability);
    expect(result.anchors.ungradable).toBe(7);
    expect(result.held).toMatch(/7 of 20 answers could not be graded/);
    expect(measure(state(true)).result.held).toBeNull();
  });

  it('uses the hold-outs for the ability', () => {
    const held = new Set(whole.asked.flatMap((own) => (own.heldOut ? [own.anchor] : [])));
    const without = whole.outcomes.filter(({ anchor }) => !held.has(anchor));
    const trace = ({ result }: ReturnType<typeof measure>) =>
      [0, 4, 8].reduce((sum, k) => sum + result.ability.covariance[k], 0);
    expect(trace(measure(whole))).toBeLessThan(trace(measure({ ...whole, outcomes: without })));
  });

  it('holds a model whose hold-outs disagree, and says how', () => {
    const state = runOnboarding(freshState(anchors, { maxAnchors: 96 }), (anchor) =>
      scored(anchor, 1),
    );
    const disagreeing = {
      ...state,
      outcomes: state.asked.map(({ anchor, heldOut }) => scored(anchor, heldOut ? 0 : 1)),
    };
    const { result } = measure(disagreeing);
    expect(result.misfit).toMatchObject({ held_out: 12, observed: 0 });
    expect(result.held).toMatch(/12 random hold-outs scored 0% where the other answers imply \d+%/);
  });

  it('compares each domain with what the ability implies', () => {
    const { domains } = measure(whole).result;
    expect(domains.map(({ domain }) => domain)).toEqual([
      'arithmetic',
      'code',
      'facts',
      'logic',
      'reading',
    ]);
    expect(domains.reduce((sum, { answers }) => sum + answers, 0)).toBe(50);
    for (const { observed, implied } of domains)
      expect(Math.abs(observed - implied)).toBeLessThan(0.35);
  });

  it('fits the cost of calls where there are no prices', () => {
    const { profile } = measure(whole, { prices: null as never });
    expect(profile.cost).toMatchObject({ kind: 'linear' });
  });
});

describe('onboardingProgress', () => {
  it('tells how far a run has come', () => {
    const state = withOutcomes(freshState(anchors), [
      served(0),
      { ...served(1), gradable: false },
      failed(2, 'timeout'),
    ]);
    const running = { ...state, asked: [...state.asked, { anchor: 3, heldOut: false }] };
    expect(onboardingProgress(running, 0.01)).toMatchObject({
      asked: 4,
      answered: 2,
      failed: 1,
      ungradable: 1,
      spent_usd: 0.01,
    });
    expect(onboardingProgress(running, 0).expected_accuracy!.sd).toBeGreaterThan(0);
  });
});
