import { beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '@zerorouter/contracts';
import type { CallRecord } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import type { Metered } from '@zerorouter/providers';
import type { Admission } from '../admission/admission.js';
import type { Attempt } from './ask-in-turn.js';
import { CallAccount } from './call-account.js';
import { CallLog } from './call-log.js';

const prices = { input: 2, cachedInput: 0.5, output: 10 };
const size = { tokens: 1_000, mostTokens: 4_000, maxOutputTokens: 500 };
const attempt = (model: string, outcome: Attempt['outcome'], ms = 12): Attempt => ({
  model,
  deployment: `of ${model}`,
  outcome,
  ms,
});
const metered = (usage: Metered['usage'], characters = 0): Metered => ({
  id: null,
  model: null,
  usage,
  finishReason: 'stop',
  characters,
});
const usage = { inputTokens: 900, cachedTokens: 400, outputTokens: 100, reasoningTokens: 60 };

describe('CallAccount', () => {
  let limitUsd: number;
  let moves: string[];
  let records: CallRecord[];
  let log: CallLog;

  beforeEach(() => {
    limitUsd = Infinity;
    moves = [];
    records = [];
    const appendMany = (batch: readonly CallRecord[]) => {
      records.push(...batch);
      return Promise.resolve();
    };
    log = new CallLog({ appendMany }, createLogger('test', 'silent'));
  });

  const admission: Admission = {
    downgrade: null,
    reserve: (usd) => {
      if (usd > limitUsd) return Promise.reject(new DomainError('key-budget-exhausted', 'spent'));
      limitUsd -= usd;
      const id = moves.push(`reserve ${usd.toFixed(4)}`);
      return Promise.resolve({
        settle: (spent, tokens) => {
          moves.push(`settle ${id}: ${spent.toFixed(6)}, ${tokens}`);
          return Promise.resolve();
        },
        release: () => {
          moves.push(`release ${id}`);
          return Promise.resolve();
        },
      });
    },
  };
  const open = (streamed = true) =>
    new CallAccount(
      {
        keyId: 'k',
        decisionId: 'd',
        policy: 'p',
        operation: 'chat/completions',
        streamed,
        size,
        latents: null,
      },
      admission,
      {
        prices: (model) =>
          model === 'free' ? null : model === 'dear' ? { ...prices, output: 30 } : prices,
        profile: () => undefined,
      },
      log,
    );
  const end = { ending: 'complete', model: 'a', status: 200 } as const;

  it('sets aside the most that the call may cost, and settles what it has', async () => {
    const account = open();
    await account.cover('a');
    await account.cover('a');
    account.end({ ...end, metered: metered(usage) }, [attempt('a', 200)]);
    account.end({ ...end, metered: metered(null) }, []);
    account.cancel();
    await log.close();
    // (4,000 · 2 + 500 · 10) and (500 · 2 + 400 · 0.5 + 100 · 10) per million.
    expect(moves).toEqual(['reserve 0.0130', 'settle 1: 0.002200, 1000']);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      keyId: 'k',
      decisionId: 'd',
      model: 'a',
      deploymentId: 'of a',
      ...usage,
      estimated: false,
      lostUsd: 0,
      ttftMs: 12,
      finishReason: 'stop',
    });
    expect(records[0]?.costUsd).toBeCloseTo(0.0022, 12);
    expect(records[0]?.id).toMatch(/^call_[0-9a-f]{27}$/);
  });

  it('sets more aside for a dearer fallback, and skips it where there is no more', async () => {
    const account = open();
    limitUsd = 0.03;
    expect(await account.covers('a')).toBe(true);
    expect(await account.covers('dear')).toBe(true);
    expect(await account.covers('a')).toBe(true);
    account.end({ ...end, model: 'dear', metered: metered(usage) }, [attempt('dear', 200)]);
    await log.close();
    expect(moves).toEqual([
      'reserve 0.0130',
      'reserve 0.0100',
      'settle 1: 0.004200, 1000',
      'release 2',
    ]);
    limitUsd = 0;
    expect(await open().covers('a')).toBe(false);
    await expect(open().cover('a')).rejects.toMatchObject({ code: 'key-budget-exhausted' });
    expect(await open().covers('free')).toBe(true);
  });

  it('counts from characters what the provider has not told, and says so', async () => {
    const account = open(false);
    account.end({ ...end, ending: 'aborted', metered: metered(null, 360) }, [attempt('a', 200)]);
    open().end({ ...end, metered: metered({ ...usage, outputTokens: null }) }, [attempt('a', 200)]);
    open().end({ ...end, model: 'free', metered: metered(usage) }, [attempt('free', 200)]);
    await log.close();
    expect(records[0]).toMatchObject({
      ending: 'aborted',
      inputTokens: 1_000,
      outputTokens: 100,
      reasoningTokens: null,
      estimated: true,
      ttftMs: null,
    });
    expect(records[0]?.costUsd).toBeCloseTo(0.003, 12);
    expect(records[1]).toMatchObject({ estimated: false, outputTokens: null });
    expect(records[2]).toMatchObject({ estimated: false, costUsd: null, inputTokens: 900 });
  });

  it('counts the input of attempts that their providers may charge for', async () => {
    const account = open();
    await account.cover('a');
    const failed = { ending: 'failed', model: null, status: 503, metered: null } as const;
    const outcomes = ['timeout', 503, 'connect', 'cut', 'resting', 'aborted', 429] as const;
    account.end(failed, [
      ...outcomes.map((outcome) => attempt('a', outcome)),
      attempt('free', 'cut'),
    ]);
    const free = open();
    await free.cover('a');
    free.end({ ...failed, ending: 'refused' }, [attempt('a', 400)]);
    const unasked = open();
    await unasked.cover('a');
    unasked.cancel();
    await log.close();
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ model: 'free', costUsd: 0, inputTokens: null });
    expect(records[0]?.lostUsd).toBeCloseTo(3 * 0.002, 12);
    expect(moves.slice(1)).toEqual(
      expect.arrayContaining(['settle 1: 0.006000, 0', 'release 3', 'release 5']),
    );
  });
});
