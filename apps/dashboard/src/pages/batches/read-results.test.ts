import { describe, expect, it } from '@jest/globals';
import { takeResults } from './read-results.js';

const result = (index: number, custom_id = `q-${index}`) => ({
  custom_id,
  index,
  status: 'succeeded',
  model: 'a',
  p_correct: 0.5,
  cost_usd: null,
  latency_ms: null,
});

function streamOf(pieces: Iterable<Uint8Array>) {
  const state = { cancelled: false };
  const iterator = pieces[Symbol.iterator]() as Iterator<Uint8Array, undefined>;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value } = iterator.next();
      if (value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void (state.cancelled = true),
  });
  return { body, state };
}

describe('takeResults', () => {
  it('reads lines however they are cut, the last one without its end too', async () => {
    const text = [result(0), result(1, 'ü'), result(2)]
      .map((one) => JSON.stringify(one))
      .join('\n');
    const bytes = new TextEncoder().encode(text);
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const taken = await takeResults(streamOf(single).body, 10);
    expect(taken.map(({ custom_id }) => custom_id)).toEqual(['q-0', 'ü', 'q-2']);
  });

  it('takes no more than it was asked for, and hangs up', async () => {
    function* endless() {
      for (let i = 0; ; i++) yield new TextEncoder().encode(`${JSON.stringify(result(i))}\n`);
    }
    const { body, state } = streamOf(endless());
    expect(await takeResults(body, 5)).toHaveLength(5);
    expect(state.cancelled).toBe(true);
  });

  it('is empty for an empty file', async () => {
    expect(await takeResults(streamOf([]).body, 5)).toEqual([]);
  });
});
