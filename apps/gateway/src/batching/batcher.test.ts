import { describe, expect, it } from '@jest/globals';
import { Batcher } from './batcher.js';
import type { BatcherOptions } from './batcher.js';

/** A batcher whose turns of the event loop and whose batches end when the test says so. */
function harness(options: Partial<BatcherOptions<string, string>> = {}) {
  const starts: (() => void)[] = [];
  const batches: { items: readonly string[]; finish: () => void; fail: (error: Error) => void }[] =
    [];
  const batcher = new Batcher<string, string>({
    maxItems: 3,
    maxRunning: 1,
    maxWaiting: 100,
    schedule: (start) => void starts.push(start),
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          finish: () =>
            resolve(items.map((item) => ({ status: 'fulfilled', value: item.toUpperCase() }))),
          fail: reject,
        });
      }),
    ...options,
  });
  const turn = () => starts.splice(0).forEach((start) => start());
  return { batcher, batches, turn };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Batcher', () => {
  it('puts what arrives in one turn into one batch and hands each its own result', async () => {
    const { batcher, batches, turn } = harness();
    const results = Promise.all(['a', 'b'].map((item) => batcher.submit(item)));
    expect(batches).toHaveLength(0);
    turn();
    expect(batches.map(({ items }) => items)).toEqual([['a', 'b']]);
    batches[0]?.finish();
    expect(await results).toEqual(['A', 'B']);
  });

  it('gathers while a batch runs, and then takes no more than fit', async () => {
    const { batcher, batches, turn } = harness();
    const results = ['a', 'b', 'c', 'd', 'e'].map((item) => {
      const result = batcher.submit(item);
      turn();
      return result;
    });
    expect(batches.map(({ items }) => items)).toEqual([['a']]);
    batches[0]?.finish();
    await settle();
    expect(batches.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd']]);
    batches[1]?.finish();
    await settle();
    batches[2]?.finish();
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('stops a batch at its weight, but lets a single heavy item through', () => {
    const { batcher, batches, turn } = harness({
      maxRunning: 9,
      weigh: (item) => item.length,
      maxWeight: 4,
    });
    for (const item of ['aaaaaaaa', 'bb', 'cc', 'd']) void batcher.submit(item);
    turn();
    expect(batches.map(({ items }) => items)).toEqual([['aaaaaaaa'], ['bb', 'cc'], ['d']]);
  });

  it('fails the items of a failed batch only, and goes on', async () => {
    const { batcher, batches, turn } = harness({ maxItems: 1 });
    const first = batcher.submit('a');
    const second = batcher.submit('b');
    turn();
    batches[0]?.fail(new Error('boom'));
    await expect(first).rejects.toThrow('boom');
    batches[1]?.finish();
    expect(await second).toBe('B');
  });

  it('tells items of one batch apart when some fail', async () => {
    const { batcher, turn } = harness({
      run: (items) =>
        Promise.resolve(
          items.map((item) =>
            item === 'bad'
              ? { status: 'rejected', reason: new Error('bad one') }
              : { status: 'fulfilled', value: item },
          ),
        ),
    });
    const good = batcher.submit('good');
    const bad = batcher.submit('bad');
    turn();
    expect(await good).toBe('good');
    await expect(bad).rejects.toThrow('bad one');
  });

  it('refuses what it cannot hold', async () => {
    const { batcher } = harness({ maxWaiting: 1 });
    void batcher.submit('a');
    await expect(batcher.submit('b')).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('refuses what has waited too long, and nothing that is fresh', async () => {
    let now = 0;
    const { batcher, batches, turn } = harness({ expiresMs: 50, now: () => now });
    const first = batcher.submit('a');
    turn();
    const old = batcher.submit('b').catch(({ code }: { code: string }) => code);
    now = 40;
    const fresh = batcher.submit('c');
    now = 51;
    batches[0]?.finish();
    expect(await first).toBe('A');
    await settle();
    expect(await old).toBe('overloaded');
    expect(batches[1]?.items).toEqual(['c']);
    batches[1]?.finish();
    expect(await fresh).toBe('C');
  });

  it('lets more wait the more comes out, and fewer once that slows down', async () => {
    let now = 0;
    const { batcher, batches, turn } = harness({
      maxItems: 10,
      maxWaiting: 10,
      maxWaitMs: 1_000,
      now: () => now,
    });
    const submit = () => batcher.submit('a').then(() => undefined, String);
    const answers: Promise<string | undefined>[] = [];
    // Ten items each tenth of a second: a hundred a second.
    for (; now < 10_000; now += 100) {
      turn();
      answers.push(...Array.from({ length: 10 }, submit));
      batches.at(-1)?.finish();
      await settle();
    }
    turn();
    const held = Array.from({ length: 200 }, submit);
    const refused = (list: Promise<string | undefined>[]) =>
      Promise.all(list.map((one) => Promise.race([one, settle()]))).then(
        (said) => said.filter((text) => String(text).includes('wait already')).length,
      );
    expect(await refused(answers)).toBe(0);
    const taken = 200 - (await refused(held));
    expect(taken).toBeGreaterThan(80);
    expect(taken).toBeLessThan(115);
    now += 20_000;
    expect(await refused([submit()])).toBe(1);
  });
});
