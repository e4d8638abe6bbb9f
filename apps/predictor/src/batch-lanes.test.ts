import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchLanes } from './batch-lanes.js';

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
}
function deferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

function harness(trickleMs = 20) {
  const lanes = new BatchLanes({ lanes: 2, trickleMs });
  const begun: number[] = [];
  const ends = Array.from({ length: 6 }, deferred);
  const all = ends.map((end, i) =>
    lanes.runBatch(() => {
      begun.push(i);
      return end.promise;
    }),
  );
  return { lanes, begun, ends, all };
}

describe('BatchLanes', () => {
  it('runs as many batch texts as there are lanes, in order', async () => {
    const { begun, ends, all } = harness();
    await settle();
    expect(begun).toEqual([0, 1]);
    ends[1]!.resolve();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    ends.forEach(({ resolve }) => resolve());
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('starts no batch text while live work runs, but one in a while, and goes on afterwards', async () => {
    // Long beside the looks at it: a busy machine may be late, but not by that much.
    const { lanes, begun, ends, all } = harness(300);
    await settle();
    const live = deferred();
    const answered = lanes.runLive(() => live.promise);
    ends[0]!.resolve();
    ends[1]!.resolve();
    await settle();
    expect(begun).toEqual([0, 1]);
    while (begun.length < 3) await sleep(5);
    expect(begun).toEqual([0, 1, 2]);
    live.resolve();
    await answered;
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends.forEach(({ resolve }) => resolve());
    await Promise.all(all);
  });

  it('runs a text alone between those before and those after it', async () => {
    const lanes = new BatchLanes({ lanes: 2, trickleMs: 20 });
    const ends = Array.from({ length: 4 }, deferred);
    const begun: number[] = [];
    const begin = (i: number) => () => {
      begun.push(i);
      return ends[i]!.promise;
    };
    const all = [
      lanes.runBatch(begin(0)),
      lanes.runBatchAlone(begin(1)),
      lanes.runBatch(begin(2)),
      lanes.runBatch(begin(3)),
    ];
    await settle();
    expect(begun).toEqual([0]);
    ends[0]!.resolve();
    await settle();
    expect(begun).toEqual([0, 1]);
    ends[1]!.resolve();
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends.forEach(({ resolve }) => resolve());
    await Promise.all(all);
  });

  it('frees the lane of a text that fails', async () => {
    const lanes = new BatchLanes({ lanes: 1, trickleMs: 20 });
    await expect(lanes.runBatch(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lanes.runBatch(() => Promise.resolve(7))).toBe(7);
    await expect(lanes.runLive(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lanes.runBatch(() => Promise.resolve(8))).toBe(8);
  });
});
