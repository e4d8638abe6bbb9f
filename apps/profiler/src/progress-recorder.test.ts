import { describe, expect, it } from '@jest/globals';
import { ProgressRecorder } from './progress-recorder.js';

function harness() {
  const written: number[] = [];
  const pending: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const clock = { now: 0 };
  const recorder = new ProgressRecorder<number>(
    (value) => {
      written.push(value);
      return new Promise<void>((resolve, reject) => pending.push({ resolve, reject }));
    },
    100,
    () => clock.now,
  );
  return { written, pending, clock, recorder };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('ProgressRecorder', () => {
  it('writes the first at once and then no more than one per interval', async () => {
    const { written, pending, clock, recorder } = harness();
    recorder.record(1);
    pending[0]?.resolve();
    await settle();
    clock.now = 99;
    recorder.record(2);
    clock.now = 100;
    recorder.record(3);
    expect(written).toEqual([1, 3]);
  });

  it('never writes two at a time, and survives a failed write', async () => {
    const { written, pending, clock, recorder } = harness();
    recorder.record(1);
    clock.now = 500;
    recorder.record(2);
    expect(written).toEqual([1]);
    pending[0]?.reject(new Error('no connection'));
    await settle();
    recorder.record(3);
    expect(written).toEqual([1, 3]);
  });

  it('is silent once stopped, and lets the last write finish', async () => {
    const { written, pending, clock, recorder } = harness();
    recorder.record(1);
    let stopped = false;
    const stopping = recorder.stop().then(() => (stopped = true));
    await settle();
    expect(stopped).toBe(false);
    pending[0]?.resolve();
    await stopping;
    clock.now = 10_000;
    recorder.record(2);
    expect(written).toEqual([1]);
  });
});
