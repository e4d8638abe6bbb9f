import { describe, expect, it } from '@jest/globals';
import { asStored, hashCandidates } from '@zerorouter/database';
import type { SessionTerms, StoredDecision } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { decideRoute } from '../routing/decide-route.js';
import type { RoutableModel, RouteQuestion } from '../routing/decide-route.js';
import { replayDecision } from '../simulate/replay.js';
import { isContinued, sessionHash } from './session-hash.js';
import { continuedBy, Sessions } from './sessions.js';

const scope = { keyId: 'k', policy: 'balanced' };
const system = { role: 'system' as const, content: 'Be brief.' };
const user = (content: string) => ({ role: 'user' as const, content });
const assistant = { role: 'assistant' as const, content: 'Yes.' };

describe('sessionHash', () => {
  it('is that of the head, whatever follows it', () => {
    const first = sessionHash({ messages: [system, user('a')] }, scope);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    const next = { messages: [system, user('a'), assistant, user('b')] };
    expect(sessionHash(next, scope)).toBe(first);
    for (const other of [
      { messages: [system, user('b'), assistant, user('b')] },
      { messages: [user('a')] },
      { messages: [system, user('a')], system: 'Be long.' },
    ])
      expect(sessionHash(other, scope)).not.toBe(first);
    expect(sessionHash({ query: 'a' }, scope)).toBeNull();
    expect(sessionHash({ messages: [system] }, scope)).toBeNull();
  });

  it('is that of the id where there is one, and each key and each tier has its own', () => {
    const request = { messages: [user('a')], session_id: 's' };
    const hash = sessionHash(request, scope);
    expect(sessionHash({ query: 'other', session_id: 's' }, scope)).toBe(hash);
    expect(sessionHash({ ...request, session_id: 't' }, scope)).not.toBe(hash);
    expect(sessionHash(request, { ...scope, keyId: null })).not.toBe(hash);
    expect(sessionHash(request, { ...scope, policy: 'min-cost' })).not.toBe(hash);
  });

  it('knows whether anything has been read yet', () => {
    expect(isContinued({ messages: [system, user('a')] })).toBe(false);
    expect(isContinued({ messages: [user('a'), assistant, user('b')] })).toBe(true);
    expect(isContinued({ query: 'a', session_id: 's' })).toBe(true);
  });
});

describe('Sessions', () => {
  it('asks for what is young enough, and does without where nobody can tell', async () => {
    const asked: [string, Date][] = [];
    const terms = { model: 'm', seenTokens: 5 };
    const logger = createLogger('test', 'silent');
    const lastOfSession = (hash: string, since: Date) => {
      asked.push([hash, since]);
      return hash === 'lost' ? Promise.reject(new Error('away')) : Promise.resolve(terms);
    };
    const sessions = new Sessions({ lastOfSession }, 60_000, logger);
    expect(await sessions.find('talk')).toEqual(terms);
    expect(Math.abs(Date.now() - 60_000 - +asked[0]![1])).toBeLessThan(5_000);
    expect(await sessions.find('lost')).toBeNull();
    expect(await new Sessions({ lastOfSession }, 0, logger).find('talk')).toBeNull();
    expect(asked).toHaveLength(2);
  });

  it('takes a prompt that has not grown for another one', () => {
    const terms = { model: 'm', seenTokens: 100 };
    expect(continuedBy(terms, 101)).toBe(terms);
    expect(continuedBy(terms, 100)).toBeNull();
    expect(continuedBy(null, 100)).toBeNull();
  });
});

function model(name: string, ability: number, cachedInputPerMtok?: number): RoutableModel {
  return {
    profile: {
      model: name,
      ability: { mean: [ability], covariance: [0.01] },
      length: { offset: 0, offsetVariance: 0, smearing: 1 },
      cost: {
        kind: 'prices',
        inputPerMtok: 10,
        outputPerMtok: 10,
        ...(cachedInputPerMtok === undefined ? {} : { cachedInputPerMtok }),
      },
      latency: null,
    },
    contextWindow: null,
    capabilities: [],
  };
}

describe('a conversation', () => {
  const models = [model('caches', 1, 1), model('forgets', 1.2)];
  // 10,000 tokens in, 100 out: $0.101, of which a prompt of 8,000 cached tokens saves $0.072.
  const question = (session: SessionTerms | null, cost: number): RouteQuestion => ({
    latents: {
      discrimination: [1],
      difficulty: 0,
      difficultyVariance: 0.01,
      logOutputTokens: Math.log(100),
      inputTokens: 10_000,
      familiarity: 1,
    },
    models,
    requires: [],
    weights: { accuracy: 1, cost, latency: 0 },
    policy: 'p',
    constraints: {},
    scales: { costUsd: 0.1, latencyS: 1 },
    explain: false,
    session,
  });
  const seen = { model: 'caches', seenTokens: 8_000 };

  it('stays on its model while the cached prompt outweighs the better one', () => {
    // P(correct) is about .035 apart; the saving weighs .72·w.
    expect(decideRoute(question(null, 0.1)).model).toBe('forgets');
    const kept = decideRoute(question(seen, 0.1));
    expect(kept.model).toBe('caches');
    expect(kept.candidates[0]?.cost_usd).toBeCloseTo(0.101 - 0.072, 12);
    expect(kept.candidates[1]?.cost_usd).toBeCloseTo(0.101, 12);
    expect(kept.reason).toMatch(/kept on caches, since 8000 tokens .* without them forgets$/);
    const left = decideRoute(question(seen, 0.01));
    expect(left.model).toBe('forgets');
    expect(left.reason).toMatch(/leaves caches, although 8000 tokens/);
    const stays = decideRoute(question({ model: 'forgets', seenTokens: 8_000 }, 0.1));
    expect(stays.model).toBe('forgets');
    expect(stays.candidates[0]?.cost_usd).toBeCloseTo(0.101, 12);
    expect(stays.reason).toMatch(/stays on forgets/);
  });

  it('is decided again from its record, to the bit', () => {
    for (const cost of [0.1, 0.01]) {
      const asked = question(seen, cost);
      const answer = decideRoute(asked);
      const record: StoredDecision = {
        ...asked,
        id: 'dec_1',
        createdAt: new Date(0),
        keyId: null,
        textHash: '',
        spaceVersion: 'v1',
        candidates: asStored(answer.candidates),
        candidatesHash: hashCandidates(answer.candidates),
        profileVersions: {},
        model: answer.model,
        reason: answer.reason,
        propensity: 1,
        budget: null,
        exploration: null,
        session: seen,
        overheadMs: 1,
        requestStats: {},
      };
      const today = models.map(({ profile }) => ({ profile, admittedAs: profile.model }));
      expect(replayDecision(record, today, asked.scales)).toMatchObject({
        same: true,
        to_the_bit: true,
        model: answer.model,
      });
      const forgotten = replayDecision({ ...record, session: null }, today, asked.scales);
      expect(forgotten).toMatchObject({ same: false, model: 'forgets' });
    }
  });
});
