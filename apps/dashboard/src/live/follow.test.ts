import { describe, expect, it } from '@jest/globals';
import { follow } from './follow.js';

const progress = (n: number) => ({ event: 'progress', data: String(n) });
const end = (n: number) => ({ event: 'end', data: String(n) });

/** Each answer in turn: its events, or the error that it is refused with. */
async function run(answers: (ReturnType<typeof end>[] | Error)[], patience = 9) {
  const waits: number[] = [];
  const seen: unknown[] = [];
  const states = follow({
    open: async function* () {
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      yield* answer;
    },
    parse: (value) => value,
    signal: new AbortController().signal,
    wait: async (attempt, reason) => {
      waits.push(attempt);
      if (waits.length > patience) throw reason;
    },
  });
  for await (const { view, ended } of states) seen.push(ended ? `end ${String(view)}` : view);
  return { seen, waits };
}

describe('follow', () => {
  it('tells states until the last', async () => {
    expect(await run([[progress(1), progress(2), end(3)]])).toEqual({
      seen: [1, 2, 'end 3'],
      waits: [],
    });
  });

  it('opens a stream again that broke off, more patiently each time, and anew after a success', async () => {
    const broken = new TypeError('network error');
    expect(await run([[progress(1)], broken, [progress(2)], [end(3)]])).toEqual({
      seen: [1, 2, 'end 3'],
      waits: [1, 1, 1],
    });
    expect(await run([broken, broken, [end(3)]])).toEqual({
      seen: ['end 3'],
      waits: [1, 2],
    });
  });

  it('ends with the reason where waiting is given up', async () => {
    const refused = new Error('403');
    await expect(run([refused, refused], 1)).rejects.toThrow('403');
  });
});
