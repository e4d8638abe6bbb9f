import { describe, expect, it } from '@jest/globals';
import type { Changing } from './stream-changes.js';
import { streamChanges } from './stream-changes.js';

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

describe('streamChanges', () => {
  it('speaks when something has changed, and ends with the work', async () => {
    const states: Changing[] = [
      { view: { done: 1 }, ended: false },
      { view: { done: 1 }, ended: false },
      { view: { done: 4 }, ended: false },
      { view: { done: 4, state: 'cancelled' }, ended: true },
    ];
    const read = () => Promise.resolve(states.shift() ?? null);
    const events = await collect(streamChanges(read, new AbortController().signal));
    expect(events.map((event) => /^event: (\w+)\ndata: .*\n\n$/.exec(event)?.[1])).toEqual([
      'progress',
      'progress',
      'end',
    ]);
  });

  it('ends at once when the process closes', async () => {
    const closing = new AbortController();
    setTimeout(() => closing.abort(), 50);
    const started = Date.now();
    const read = () => Promise.resolve({ view: { done: 1 }, ended: false });
    expect(await collect(streamChanges(read, closing.signal))).toHaveLength(1);
    expect(Date.now() - started).toBeLessThan(400);
  });

  it('ends without a word when the work is gone', async () => {
    const read = () => Promise.resolve(null);
    expect(await collect(streamChanges(read, new AbortController().signal))).toEqual([]);
  });
});
