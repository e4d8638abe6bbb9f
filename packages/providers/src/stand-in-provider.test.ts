import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeSandbox, drawAnchors, gradeAnswer, type Anchor } from '@zerorouter/anchors';
import { latentModel, trueProbability } from '../../../e2e/stand-in/latent-model.js';
import {
  startStandInProvider,
  type StandInOptions,
  type StandInProvider,
} from '../../../e2e/stand-in/stand-in-provider.js';
import { askWithRetries } from './ask-with-retries.js';
import { ProviderNetwork } from './provider-network.js';
import { streamChat } from './stream-chat.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
afterAll(closeSandbox);

async function standIn(options: Partial<StandInOptions> = {}) {
  const provider = await startStandInProvider({ answer: () => ({ text: 'Yes' }), ...options });
  const network = new ProviderNetwork({ allowPrivate: true });
  open.push(provider, network);
  const ask = (prompt = 'Well?', maxTokens = 1_000, timeoutMs = 20_000, apiKey = 'sk-stand-in') =>
    streamChat(
      network,
      {
        id: 'd',
        baseUrl: provider.baseUrl,
        upstreamModel: 'stand-in',
        apiKey,
        authHeader: null,
      },
      { messages: [{ role: 'user', content: prompt }], maxTokens },
      { signal: new AbortController().signal, timeoutMs },
    );
  return { provider, ask };
}

const anchors = drawAnchors({ seed: 1 });
/** Harder with the level; the first ability counts for more. */
const trueItem = ({ level }: Anchor) => ({ discrimination: [1, 0.3], difficulty: level - 3 });

describe('the latent model', () => {
  it('is right and wrong in the eyes of every grader', async () => {
    const answers = (difficulty: number) =>
      latentModel({
        anchors,
        ability: [0],
        trueItem: () => ({ discrimination: [1], difficulty }),
        seed: 3,
      });
    const failing: string[] = [];
    let ungradable = 0;
    for (const anchor of anchors) {
      const chat = { prompt: anchor.text, body: {} };
      const right = await gradeAnswer(anchor.grader, (await answers(-50)(chat)).text);
      const wrong = await gradeAnswer(anchor.grader, (await answers(50)(chat)).text);
      if (right.score !== 1 || wrong.score !== 0) failing.push(anchor.id);
      if (!wrong.gradable) ungradable += 1;
    }
    expect(failing).toEqual([]);
    expect(ungradable / anchors.length).toBeLessThan(0.02);
  }, 120_000);

  it('answers with its true probability, the same when it is asked again', async () => {
    const short = anchors.filter(({ grader }) => grader.kind !== 'code');
    const scores = async (seed: number) => {
      const answer = latentModel({ anchors, ability: [0.5, -1], trueItem, seed });
      return Promise.all(
        short.map(async (anchor) => {
          const { text } = await answer({ prompt: anchor.text, body: {} });
          return (await gradeAnswer(anchor.grader, text)).score;
        }),
      );
    };
    const all = await Promise.all([1, 2, 3, 4].map(scores));
    expect(await scores(1)).toEqual(all[0]);
    expect(all[1]).not.toEqual(all[0]);
    const truths = short.map((anchor) => trueProbability({ ability: [0.5, -1], trueItem }, anchor));
    expect(truths[0]).toBeCloseTo(1 / (1 + Math.exp(-2 - 0.2)), 10);
    for (const level of [1, 3, 5]) {
      const at = short.flatMap((anchor, i) => (anchor.level === level ? [i] : []));
      const observed = mean(all.flatMap((row) => at.map((i) => row[i] ?? NaN)));
      const truth = mean(at.map((i) => truths[i] ?? NaN));
      const sd = Math.sqrt((truth * (1 - truth)) / (4 * at.length));
      expect(Math.abs(observed - truth)).toBeLessThan(3 * sd);
    }
  }, 120_000);
});

describe('the stand-in provider', () => {
  it('streams at its pace and counts its tokens', async () => {
    const { provider, ask } = await standIn({
      answer: () => ({
        text: 'A longer answer '.repeat(10),
        outputTokens: 81,
        reasoningTokens: 20,
      }),
      pace: { ttftMs: 60, tpotMs: 2 },
      prices: { inputPerMtok: 1, outputPerMtok: 10 },
    });
    const reply = await ask();
    expect(reply).toMatchObject({ finishReason: 'stop', outputTokens: 81, reasoningTokens: 20 });
    expect(reply.ttftMs).toBeGreaterThan(58);
    // From the beginning: a first token that a busy machine notices late shortens what follows it.
    expect(reply.totalMs).toBeGreaterThan(58 + 80 * 1.8);
    expect(provider.billed).toEqual({
      inputTokens: reply.inputTokens,
      outputTokens: 81,
      usd: ((reply.inputTokens ?? NaN) + 810) / 1e6,
    });
  });

  it('keeps to the longest answer asked for', async () => {
    const { ask } = await standIn({ answer: () => ({ text: 'x'.repeat(400) }) });
    const reply = await ask('Well?', 25);
    expect(reply).toMatchObject({ finishReason: 'length', outputTokens: 25 });
    expect(reply.text.length).toBe(100);
  });

  it('counts its calls, by prompt and side by side', async () => {
    const { provider, ask } = await standIn({ pace: { ttftMs: 40 } });
    await Promise.all([ask('a'), ask('a'), ask('b')]);
    await ask('a');
    expect([provider.calls, provider.mostInFlight]).toEqual([4, 3]);
    expect(Object.fromEntries(provider.callsByPrompt)).toEqual({ a: 3, b: 1 });
  });

  it('asks for its key', async () => {
    const { ask } = await standIn({ apiKey: 'sk-right' });
    await expect(ask('a', 10, 5_000, 'sk-wrong')).rejects.toMatchObject({
      status: 401,
      fatal: true,
    });
    expect((await ask('a', 10, 5_000, 'sk-right')).text).toBe('Yes');
  });

  it('has every fault on demand', async () => {
    const { provider, ask } = await standIn({
      answer: () => ({ text: 'Yes, and then some more of it' }),
      faults: [
        { kind: 'rate-limit', calls: [1], retryAfterS: 7 },
        { kind: 'rate-limit', calls: [2], retryAfterS: 60, retryAfterForm: 'date' },
        { kind: 'server-error', calls: [3] },
        { kind: 'cut', calls: [4] },
        { kind: 'malformed', calls: [5] },
        { kind: 'wrong-type', calls: [6] },
        { kind: 'unauthorized', calls: [7] },
        { kind: 'hang', calls: [8] },
        { kind: 'empty', calls: [9] },
        { kind: 'refusal', calls: [10] },
      ],
    });
    const failure = (timeoutMs = 5_000) =>
      ask('a', 100, timeoutMs).then(
        () => null,
        (error: unknown) => error as { retryAfterMs: number | null },
      );
    expect(await failure()).toMatchObject({ status: 429, retryAfterMs: 7_000 });
    const dated = await failure();
    expect(dated).toMatchObject({ status: 429 });
    expect(Math.abs((dated?.retryAfterMs ?? NaN) - 59_000)).toBeLessThan(2_000);
    expect(await failure()).toMatchObject({ status: 500, retryable: true });
    expect(await failure()).toMatchObject({ kind: 'cut' });
    expect(await failure()).toMatchObject({ kind: 'malformed' });
    expect(await failure()).toMatchObject({ kind: 'malformed' });
    expect(await failure()).toMatchObject({ status: 401 });
    expect(await failure(80)).toMatchObject({ kind: 'timeout' });
    expect(await ask()).toMatchObject({ text: '', outputTokens: 0 });
    expect((await ask()).text).toMatch(/can't help/);
    expect((await ask()).text).toBe('Yes, and then some more of it');
    expect(provider.faults.get('rate-limit')).toBe(2);
  });

  it('has faults by chance, the same for the same seed, which retries get over', async () => {
    const met = async (seed: number) => {
      const { provider, ask } = await standIn({
        faults: [
          { kind: 'server-error', share: 0.3 },
          { kind: 'cut', share: 0.1 },
        ],
        seed,
      });
      for (let i = 0; i < 40; i++) {
        const reply = await askWithRetries(() => ask(`${i}`), {
          attempts: 12,
          baseMs: 1,
          maxMs: 2,
          signal: new AbortController().signal,
          random: () => 0,
        });
        expect(reply.text).toBe('Yes');
      }
      return countsOf(provider);
    };
    const first = await met(1);
    expect(first.calls).toBe(40 + first.errors + first.cuts);
    expect(first.errors).toBeGreaterThan(5);
    expect(first.cuts).toBeGreaterThan(0);
    expect(await met(1)).toEqual(first);
    expect(await met(2)).not.toEqual(first);
  });
});

function countsOf({ calls, faults }: StandInProvider) {
  return { calls, errors: faults.get('server-error') ?? 0, cuts: faults.get('cut') ?? 0 };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
