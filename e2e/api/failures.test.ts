import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bootOwnStack, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import {
  answersOf,
  attempt,
  decisionsIn,
  expectAllStored,
  load,
  tally,
  type Outcome,
} from '../stack/load.js';

describe('under load', () => {
  let own: OwnStack;

  beforeEach(async () => {
    own = await bootOwnStack({ env: { PREDICTION_TIMEOUT_MS: '8000' } });
  });

  afterEach(async () => {
    await own.stop();
  });

  it('a predictor that is killed costs no client more than a 503, and the next request works', async () => {
    let over = false;
    const loaded = load(own.client, 16, () => over);
    await sleep(1_000);
    own.stack.kill('predictor', 'SIGKILL');
    await sleep(500);
    await own.stack.waitUntilReady();
    await sleep(500);
    over = true;
    const outcomes = await loaded;
    expect(outcomes.filter(({ kind }) => kind !== 'answer')).toEqual([]);
    for (const answer of answersOf(outcomes)) {
      if (answer.status !== 200) {
        expectProblem(answer, 503);
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
    }
    expect(own.notes.join()).toContain('predictor ended (SIGKILL)');
    await own.client.route({ query: 'And now?' });
    await expectAllStored(own.client, decisionsIn(outcomes));
    tell('answered or 503 with Retry-After; every answer stored', tally(outcomes));
  });

  it('a gateway that is killed has stored every decision that it told of', async () => {
    let over = false;
    const outcomes: Outcome[] = [];
    const loaded = load(own.client, 16, () => over, outcomes);
    while (answersOf(outcomes).length < 40) await sleep(20);
    own.stack.kill('gateway', 'SIGKILL');
    await sleep(500);
    over = true;
    const ids = decisionsIn(await loaded);
    expect(ids.length).toBeGreaterThan(20);
    await own.stack.waitUntilReady();
    await expectAllStored(own.client, ids);
    await own.client.route({ query: 'And now?' });
    tell('every decision that was told of is stored', { told: ids.length, lost: 0 });
  });

  it('a gateway that is asked to end answers what it has taken', async () => {
    // On open connections and with long texts: all are taken, and most still under way, when the
    // signal comes.
    const width = 30;
    await Promise.all(Array.from({ length: width }, () => own.client.get('/health/live')));
    const requests = Array.from({ length: width }, (_, i) =>
      attempt(
        own.client,
        `Case ${i}. ${'The witness was asked again what she had seen. '.repeat(60)}`,
      ),
    );
    await sleep(300);
    own.stack.kill('gateway', 'SIGTERM');
    const outcomes = await Promise.all(requests);
    expect(outcomes.map(({ kind }) => kind)).toEqual(requests.map(() => 'answer'));
    expect(answersOf(outcomes).map(({ status }) => status)).toEqual(requests.map(() => 200));
    const deadline = Date.now() + 15_000;
    const ended = () => /gateway ended \(exit code 0\)/.test(own.notes.join());
    while (!ended() && Date.now() < deadline) {
      await sleep(50);
    }
    expect(ended()).toBe(true);
    await own.stack.waitUntilReady();
    await expectAllStored(own.client, decisionsIn(outcomes));
    tell('everything under way was answered, then exit code 0', tally(outcomes));
  });

  it('a stack that is stopped loses nothing that it answered', async () => {
    let over = false;
    const loaded = load(own.client, 16, () => over);
    await sleep(1_000);
    await own.stack.stop();
    over = true;
    const outcomes = await loaded;
    const ids = decisionsIn(outcomes);
    expect(ids.length).toBeGreaterThan(20);
    expect(outcomes.filter(({ kind }) => kind === 'hang')).toEqual([]);
    const next = await bootOwnStack({ databaseUrl: own.databaseUrl });
    try {
      await expectAllStored(next.client, ids);
      tell('every decision that was told of is stored', { told: ids.length, lost: 0 });
    } finally {
      await next.stop();
    }
  });
});
