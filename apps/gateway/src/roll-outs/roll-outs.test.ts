import { describe, expect, it } from '@jest/globals';
import { asStored, hashCandidates } from '@zerorouter/database';
import type { RollOut, StoredDecision } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import type { RoutableModel, RouteQuestion } from '../routing/decide-route.js';
import { drawExploration } from '../routing/explore-young.js';
import { replayDecision } from '../simulate/replay.js';
import { decideInArm } from './decide-in-arm.js';
import type { ArmDecision } from './decide-in-arm.js';
import { placeInRollOut } from './place-in-roll-out.js';

const accurate = { accuracy: 1, cost: 0, latency: 0 };
const cheap = { accuracy: 0.1, cost: 1, latency: 0 };

const rollOut: RollOut = {
  id: 'rol_1',
  policy: 'support',
  control: { weights: accurate, constraints: {} },
  controlVersion: 1,
  candidate: { label: 'thrifty@2', weights: cheap, constraints: {} },
  share: 0.3,
  unit: 'session',
  qualityBound: 0.05,
  minFeedback: 10,
  confidence: 0.95,
  state: 'running',
  evidence: null,
  createdAt: new Date(0),
  endedAt: null,
};

const model = (name: string, theta: number, variance: number, price: number): RoutableModel => ({
  profile: {
    model: name,
    ability: { mean: [theta], covariance: [variance] },
    length: { offset: 0, offsetVariance: 0, smearing: 1 },
    cost: { kind: 'prices', inputPerMtok: price, outputPerMtok: price },
    latency: null,
  },
  contextWindow: null,
  capabilities: [],
});

/** Dear and good, cheap and weak, and a young one that is nearly as good as the first. */
const models = [
  model('dear', 1.5, 0.01, 10),
  model('weak', -1, 0.01, 0.1),
  model('young', 1.5, 0.4, 9),
];

const question: RouteQuestion = {
  latents: {
    discrimination: [1],
    difficulty: 0,
    difficultyVariance: 0.05,
    logOutputTokens: Math.log(100),
    inputTokens: 1_000,
    familiarity: 1,
  },
  models,
  requires: [],
  weights: accurate,
  policy: 'support',
  constraints: {},
  scales: { costUsd: 0.002, latencyS: 2 },
  explain: false,
};

function toRecord({ answer, asked, terms }: ArmDecision): StoredDecision {
  return {
    id: 'dec_1',
    createdAt: new Date(0),
    keyId: null,
    textHash: '',
    spaceVersion: 'v1',
    latents: asked.latents,
    policy: 'support',
    weights: asked.weights,
    constraints: asked.constraints,
    candidates: asStored(answer.candidates),
    candidatesHash: hashCandidates(answer.candidates),
    profileVersions: { dear: 1, weak: 1, young: 1 },
    model: answer.model,
    reason: answer.reason,
    propensity: answer.propensity,
    budget: null,
    exploration: asked.exploration ?? null,
    rollOut: terms,
    overheadMs: 1,
    requestStats: {},
  };
}

const replay = (decision: ArmDecision) =>
  replayDecision(
    toRecord(decision),
    models.map(({ profile }) => ({ profile, admittedAs: profile.model })),
    question.scales,
  );

const place = (decisionId: string, more: Partial<RollOut> = {}, sessionId?: string) =>
  placeInRollOut('support', [{ ...rollOut, ...more }], {
    sessionId,
    keyId: 'key_1',
    decisionId,
  })!;

describe('placeInRollOut', () => {
  it('gives the candidate its share, and each unit the same arm for ever', () => {
    const arms = Array.from({ length: 4_000 }, (_, i) => place(`dec_${i}`).arm);
    const share = arms.filter((arm) => arm === 'candidate').length / arms.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.03);
    const sessions = Array.from({ length: 200 }, (_, i) => `s${i}`);
    for (const session of sessions)
      expect(place('dec_1', {}, session)).toEqual(place('dec_2', {}, session));
    // A larger share takes nobody away from the candidate.
    for (const session of sessions)
      if (place('', {}, session).arm === 'candidate')
        expect(place('', { share: 0.6 }, session).arm).toBe('candidate');
    // Another roll-out assigns anew.
    const both = sessions.filter(
      (session) =>
        place('', {}, session).arm === 'candidate' &&
        place('', { id: 'rol_2' }, session).arm === 'candidate',
    ).length;
    expect(both).toBeLessThan(40);
    expect(place('', { unit: 'key' }, 'a').unit).toBe(place('x', { unit: 'key' }, 'b').unit);
    expect(place('a', { unit: 'decision' }, 's').unit).not.toBe(
      place('b', { unit: 'decision' }, 's').unit,
    );
    expect(place('', { share: 1 }).arm).toBe('candidate');
  });

  it('concerns the policy that is named alone', () => {
    const requester = { sessionId: undefined, keyId: null, decisionId: 'dec_1' };
    expect(placeInRollOut('other', [rollOut], requester)).toBeNull();
    expect(placeInRollOut({ weights: accurate }, [rollOut], requester)).toBeNull();
  });
});

describe('decideInArm', () => {
  it('logs the probability of each choice under the whole, and is replayed from its record', () => {
    const random = seededRandom(8);
    const counts = new Map<string, { times: number; propensity: Set<number> }>();
    const decisions = 3_000;
    for (let i = 0; i < decisions; i++) {
      const decision = decideInArm(
        { ...question, exploration: drawExploration(0.2, random) },
        place(`dec_${i}`),
        (own) => own,
      );
      const { model: chosen, propensity } = decision.answer;
      const count = counts.get(chosen) ?? { times: 0, propensity: new Set() };
      count.times++;
      count.propensity.add(propensity);
      counts.set(chosen, count);
      if (i < 200) expect(replay(decision)).toMatchObject({ same: true, to_the_bit: true });
    }
    expect([...counts.keys()].sort()).toEqual(['dear', 'weak', 'young']);
    for (const { times, propensity } of counts.values()) {
      expect(Math.max(...propensity) - Math.min(...propensity)).toBeLessThan(1e-12);
      expect(Math.abs(times / decisions - [...propensity][0]!)).toBeLessThan(0.03);
    }
  });

  it('says who decided, and shows a record that was tampered with', () => {
    const candidate = decideInArm(question, { ...place(''), arm: 'candidate' }, (own) => own);
    expect(candidate.answer).toMatchObject({ model: 'weak' });
    expect(candidate.answer.propensity).toBeCloseTo(0.3, 12);
    expect(candidate.answer.reason).toContain('by thrifty@2, the candidate of the roll-out rol_1');
    const control = decideInArm(question, { ...place(''), arm: 'control' }, (own) => own);
    expect(control.answer).toMatchObject({ model: 'dear' });
    expect(control.answer.propensity).toBeCloseTo(0.7, 12);
    expect(control.answer.reason).not.toContain('roll-out');
    expect(replay(control).same).toBe(true);
    const other = { weights: accurate, constraints: {} };
    expect(replay({ ...control, terms: { ...control.terms, other } }).same).toBe(false);
  });

  it('falls back to the control where the candidate finds nothing', () => {
    const strict = { ...rollOut.candidate, constraints: { maxCostUsd: 1e-9 } };
    const decision = decideInArm(
      { ...question, explain: true },
      { ...place('', { candidate: strict }), arm: 'candidate' },
      (own) => own,
    );
    expect(decision.answer).toMatchObject({ model: 'dear', propensity: 1 });
    expect(decision.answer.explanation).toBeDefined();
    expect(replay(decision).same).toBe(true);
    const beyond = { weights: accurate, constraints: { maxCostUsd: 1e-9 } };
    expect(() =>
      decideInArm(question, { ...place('', { control: beyond }), arm: 'control' }, (own) => own),
    ).toThrow(/every model is excluded/);
  });
});
