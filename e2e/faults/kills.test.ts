import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spread, tell } from '../stack/fault-matrix.js';
import {
  ANCHORS_ASKED,
  FaultStack,
  ONBOARDING_CONCURRENCY,
  until,
  type Books,
} from '../stack/fault-stack.js';
import {
  answeredIn,
  answersOf,
  decisionsIn,
  expectAllStored,
  keepAsking,
  load,
  tally,
  type Outcome,
} from '../stack/load.js';
import { expectUnavailable } from '../stack/outage-asker.js';
import { randomNumbers } from '../stack/random-numbers.js';

const BLOWS = 2;
const ROUTES = 6;
const CHATS = 4;
/** Digits of USD behind the point that sums of doubles agree in. */
const USD_DIGITS = 9;

type App = 'gateway' | 'predictor' | 'profiler';
type Signal = 'SIGKILL' | 'SIGTERM';

const random = randomNumbers(20_251_129);
let stack: FaultStack;
let phase = 0;

beforeAll(async () => {
  stack = await FaultStack.boot();
}, 300_000);
afterAll(() => stack.stop());

interface Fire {
  routes: Outcome[];
  chats: Outcome[];
  /** Of the chats, in the order in which they were sent. */
  prompts: string[];
  /** Ms from each blow until the whole stack was ready again. */
  recoveries: number[];
}

/** Signals an app. @returns ms until another process of it has taken its place and everything is ready */
async function strike(app: App, signal: Signal): Promise<number> {
  const { stack: own } = stack.own;
  const before = own.pid(app);
  const start = performance.now();
  own.kill(app, signal);
  await until(() => own.pid(app) !== undefined && own.pid(app) !== before);
  await own.waitUntilReady();
  return performance.now() - start;
}

/** Routes and chats without a pause while `blow` is dealt, at random moments, again and again. */
async function underFire(blow: () => Promise<number>): Promise<Fire> {
  phase += 1;
  const fire: Fire = { routes: [], chats: [], prompts: [], recoveries: [] };
  const { client } = stack.own;
  let over = false;
  const loads = [
    load(client, ROUTES, () => over, fire.routes, `Phase ${phase}, question`),
    keepAsking(
      (number) => {
        const prompt = `Phase ${phase}, chat ${number}`;
        fire.prompts.push(prompt);
        return stack.chat(client, prompt, { routed: number % 2 === 0 });
      },
      CHATS,
      () => over,
      fire.chats,
    ),
  ];
  const advance = async (): Promise<void> => {
    const [routes, chats] = [answeredIn(fire.routes), answeredIn(fire.chats)];
    await until(() => answeredIn(fire.routes) > routes + 15 && answeredIn(fire.chats) > chats + 8);
  };
  try {
    for (let i = 0; i < BLOWS; i++) {
      await advance();
      await sleep(600 * random());
      fire.recoveries.push(await blow());
    }
    await advance();
  } finally {
    over = true;
    await Promise.all(loads);
  }
  return fire;
}

const decisions = () =>
  stack.counts('SELECT count(*) AS stored, count(DISTINCT text_hash) AS texts FROM decisions');

/** Nothing that anybody was told of is lost, nothing is there twice, and no answer was anything but one or an honest refusal. */
async function expectSound(fire: Fire, before: Awaited<ReturnType<typeof decisions>>) {
  for (const answer of answersOf([...fire.routes, ...fire.chats]).filter(
    ({ status }) => status !== 200,
  )) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  for (const answer of answersOf(fire.routes).filter(({ status }) => status !== 200))
    expectUnavailable(answer);
  expect([...fire.routes, ...fire.chats].filter(({ kind }) => kind === 'hang')).toEqual([]);
  await expectAllStored(stack.own.client, decisionsIn(fire.routes));
  const routedChats = answersOf(fire.chats).filter(
    ({ status, headers }) => status === 200 && headers.has('x-zerorouter-decision-id'),
  );
  for (const { headers } of routedChats) {
    const id = headers.get('x-zerorouter-decision-id')!;
    expect((await stack.own.client.get(`/v1/decisions/${id}`, stack.key)).status).toBe(200);
  }
  // No text was sent twice: one decision each, told of or, where the connection broke, not.
  const after = await decisions();
  const stored = after['stored']! - before['stored']!;
  const texts = after['texts']! - before['texts']!;
  const told = answeredIn(fire.routes) + routedChats.length;
  const untold = fire.routes.length + fire.chats.length - told;
  expect(stored).toBe(texts);
  expect(stored).toBeGreaterThanOrEqual(told);
  expect(stored - told).toBeLessThanOrEqual(untold);
  return { stored, told };
}

/** No call was made twice, and every book says the same but for `unbooked` calls. */
function expectBalanced(fire: Fire, before: Books, after: Books, unbooked: number): number {
  const calls = fire.prompts.map((prompt) => stack.provider.callsByPrompt.get(prompt) ?? 0);
  expect(Math.max(...calls)).toBe(1);
  const made = after.provider.calls - before.provider.calls;
  const rows = after.calls.rows - before.calls.rows;
  expect(made).toBeGreaterThanOrEqual(answeredIn(fire.chats));
  expect(rows).toBeLessThanOrEqual(made);
  expect(made - rows).toBeLessThanOrEqual(unbooked);
  const charged = after.provider.usd - before.provider.usd;
  const booked = after.calls.usd - before.calls.usd;
  const spent = after.budget.spentUsd - before.budget.spentUsd;
  if (unbooked === 0) {
    expect(booked).toBeCloseTo(charged, USD_DIGITS);
    expect(spent).toBeCloseTo(charged, USD_DIGITS);
  } else {
    expect(booked).toBeLessThanOrEqual(charged + 1e-9);
    expect(spent).toBeLessThanOrEqual(charged + 1e-9);
    const dearest = charged / made;
    expect(charged - spent).toBeLessThanOrEqual(2 * dearest * unbooked);
  }
  return made - rows;
}

async function survive(app: App, signal: Signal, blow = () => strike(app, signal)): Promise<Fire> {
  const [before, decided] = [await stack.settled(), await decisions()];
  const fire = await underFire(blow);
  const { stored, told } = await expectSound(fire, decided);
  const after = await stack.settled();
  // What a gateway had under way, or had answered a moment before, is not in the books when it is killed.
  const mayBeUnbooked = app === 'gateway' && signal === 'SIGKILL' ? 2 * CHATS * BLOWS : 0;
  const unbooked = expectBalanced(fire, before, after, mayBeUnbooked);
  tell(`${signal} of the ${app}: nothing told of is lost, nothing is there twice`, {
    ...tally(fire.routes),
    chats: answeredIn(fire.chats),
    decisions_told: told,
    decisions_stored: stored,
    unbooked_calls: unbooked,
    ...spread(fire.recoveries),
  });
  return fire;
}

describe.each<Signal>(['SIGTERM', 'SIGKILL'])('%s amid live requests', (signal) => {
  it.each<App>(['gateway', 'predictor'])(
    'of the %s loses and doubles nothing',
    async (app) => {
      await survive(app, signal);
    },
    240_000,
  );

  it('of the profiler is not noticed by them, and its jobs go on', async () => {
    const measured = await stack.onboard();
    const calibrated = await stack.calibrate(signal === 'SIGTERM' ? 7 : 8);
    const calls = stack.anchorProvider.calls;
    const charged = stack.anchorProvider.billed.usd;
    const fire = await survive('profiler', signal, async () => {
      const answered = (await stack.onboarding(measured)).progress?.answered ?? 0;
      await until(async () => {
        const { progress, finished_at } = await stack.onboarding(measured);
        return finished_at !== null || (progress?.answered ?? 0) > answered + 2;
      });
      return strike('profiler', signal);
    });
    expect(tally([...fire.routes, ...fire.chats])).toEqual({
      200: fire.routes.length + fire.chats.length,
    });

    await until(async () => (await stack.onboarding(measured)).finished_at !== null, 150_000);
    const onboarding = await stack.onboarding(measured);
    expect(onboarding).toMatchObject({
      state: 'succeeded',
      error: null,
      result: { anchors: { answered: ANCHORS_ASKED } },
    });
    // What was under way at each blow may have been asked again, and is paid for.
    const asked = stack.anchorProvider.calls - calls;
    expect(asked).toBeLessThanOrEqual(ANCHORS_ASKED + ONBOARDING_CONCURRENCY * BLOWS);
    expect(onboarding.cost_usd).toBeGreaterThanOrEqual(
      stack.anchorProvider.billed.usd - charged - 1e-9,
    );
    const { versions } = await stack.counts(
      `SELECT count(*) AS versions FROM model_profile_versions v JOIN models m ON m.id = v.model_id
       WHERE m.name = 'acme/measured' AND v.version = ${onboarding.result!.profile_version}`,
    );
    expect(versions).toBe(1);

    await until(
      async () => ['succeeded', 'failed'].includes((await stack.calibration(calibrated)).state),
      150_000,
    );
    const calibration = await stack.calibration(calibrated);
    expect(calibration).toMatchObject({ state: 'succeeded', error: null });
    const made = await stack.counts(
      `SELECT count(*) AS spaces, (SELECT count(*) FROM items
         WHERE space_version = '${calibration.space_version}') AS items
       FROM latent_spaces WHERE version = '${calibration.space_version}'`,
    );
    const bank = await stack.counts(
      `SELECT (manifest -> 'counts' ->> 'items')::int AS items FROM latent_spaces
       WHERE version = '${calibration.space_version}'`,
    );
    expect(made).toEqual({ spaces: 1, items: bank['items'] });
    tell(`${signal} of the profiler: its jobs go on, and end once`, {
      anchors: ANCHORS_ASKED,
      calls: asked,
      profiles: 1,
      spaces: 1,
    });
  }, 400_000);
});
