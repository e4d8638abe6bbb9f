import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppName } from '../../packages/local-stack/dist/index.js';
import {
  startAnother,
  type AnotherProcess,
  type AnotherProcessOptions,
} from '../stack/another-process.js';
import { connectClient } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import { ANCHOR_TTFT_MS, ANCHORS_ASKED, FaultStack, until } from '../stack/fault-stack.js';
import { answeredIn, attempt, attemptTo, load, tally, type Outcome } from '../stack/load.js';

/** More answers than were under way when the signal came. */
const ONE_ROUND = 3;
/** So long an answer takes that the onboarding is under way until another profiler has started. */
const SLOW_TTFT_MS = 3_000;

let stack: FaultStack;
let another: AnotherProcess;

beforeAll(async () => {
  stack = await FaultStack.boot();
}, 300_000);
afterEach(() => another.end('SIGKILL'));
afterAll(() => stack.stop());

async function startBeside(app: AppName): Promise<AnotherProcess> {
  const options: AnotherProcessOptions = {
    databaseUrl: stack.own.databaseUrl,
    env: stack.env,
    logFile: join(stack.own.stateDir, 'logs', `another-${app}.log`),
  };
  another = await startAnother(app, options);
  return another;
}

/** Routes through the stack's own gateway until `work` is done. @returns every outcome */
async function whileRouting(about: string, work: () => Promise<void>): Promise<Outcome[]> {
  let over = false;
  const outcomes: Outcome[] = [];
  const loaded = load(stack.own.client, 6, () => over, outcomes, about);
  try {
    await until(() => answeredIn(outcomes) > 20);
    await work();
    const answered = answeredIn(outcomes);
    await until(() => answeredIn(outcomes) > answered + 20);
  } finally {
    over = true;
    await loaded;
  }
  return outcomes;
}

const allAnswered = (outcomes: readonly Outcome[]) => ({ 200: outcomes.length });

describe('SIGTERM while another one serves', () => {
  it('of a gateway: what it has taken is answered, what the other takes as well', async () => {
    const { url, end } = await startBeside('gateway');
    const client = connectClient(url);
    await until(async () => (await stack.chat(client, 'Is the model known here?')).status === 200);
    const before = await stack.settled();
    let taken: Outcome[] = [];
    let code: number | null = null;
    const beside = await whileRouting('Beside a gateway that drains', async () => {
      // On open connections: a request that finds none is not one that was taken.
      await Promise.all(Array.from({ length: 24 }, () => client.get('/health/live')));
      const calls = stack.provider.calls;
      const requests = [
        ...Array.from({ length: 12 }, (_, i) =>
          attemptTo(() => stack.chat(client, `Drained chat ${i}`, { routed: i % 2 === 0 })),
        ),
        ...Array.from({ length: 12 }, (_, i) => attempt(client, `Drained question ${i}?`)),
      ];
      await until(() => stack.provider.calls > calls);
      code = await end('SIGTERM');
      taken = await Promise.all(requests);
    });
    expect(code).toBe(0);
    expect(tally(taken)).toEqual(allAnswered(taken));
    expect(tally(beside)).toEqual(allAnswered(beside));
    const after = await stack.settled();
    expect(after.calls.rows - before.calls.rows).toBe(12);
    expect(after.budget.spentUsd - before.budget.spentUsd).toBeCloseTo(
      after.provider.usd - before.provider.usd,
      9,
    );
    tell('no request failed, and every call is in the books', {
      taken: taken.length,
      beside: beside.length,
      failed: 0,
    });
  }, 240_000);

  it('of a predictor: no request fails', async () => {
    const { end } = await startBeside('predictor');
    let code: number | null = null;
    const outcomes = await whileRouting('Beside a predictor that drains', async () => {
      code = await end('SIGTERM');
    });
    expect(code).toBe(0);
    expect(tally(outcomes)).toEqual(allAnswered(outcomes));
    tell('no request failed', { answered: outcomes.length, failed: 0 });
  }, 240_000);

  it('of a profiler: its onboarding goes on with the other at once', async () => {
    stack.anchorPace.ttftMs = SLOW_TTFT_MS;
    const id = await stack.onboard();
    const progress = async () => (await stack.onboarding(id)).progress?.answered ?? 0;
    await until(async () => (await progress()) > 2);
    // It is the first one's then; both are ended in turn, and one is always there.
    const { end } = await startBeside('profiler');
    const { stack: own } = stack.own;
    const pid = own.pid('profiler');
    const start = performance.now();
    const answered = await progress();
    expect(answered).toBeLessThan(ANCHORS_ASKED - ONE_ROUND);
    own.kill('profiler', 'SIGTERM');
    await until(async () => (await progress()) > answered + ONE_ROUND);
    const ms = Math.round(performance.now() - start);
    stack.anchorPace.ttftMs = ANCHOR_TTFT_MS;
    await until(() => own.pid('profiler') !== undefined && own.pid('profiler') !== pid);
    await own.waitUntilReady();
    expect(await end('SIGTERM')).toBe(0);
    await until(async () => (await stack.onboarding(id)).finished_at !== null, 150_000);
    expect(await stack.onboarding(id)).toMatchObject({ state: 'succeeded', error: null });
    expect(Math.max(...stack.anchorProvider.callsByPrompt.values())).toBeLessThanOrEqual(3);
    tell('put back, and taken up by the other', { taken_up_ms: ms });
  }, 300_000);
});
