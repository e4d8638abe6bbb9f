import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { passBody } from './pass-answer.js';
import type { PassedEnding } from './pass-answer.js';

/** Sees what passes, and adds nothing. */
const clear = { take: (bytes: Buffer) => bytes, flush: () => Buffer.alloc(0) };

function pass(body: Readable, idleMs = 5_000, meter = clear) {
  const endings: PassedEnding[] = [];
  const passed = passBody(body, idleMs, meter, (ending) => endings.push(ending));
  passed.on('error', () => undefined);
  return { passed, endings };
}

describe('passBody', () => {
  it('passes what the meter lets through, and tells the end once', async () => {
    const meter = {
      take: (bytes: Buffer) => (bytes.toString() === 'hidden' ? Buffer.alloc(0) : bytes),
      flush: () => Buffer.from('rest'),
    };
    const body = Readable.from(['a', 'hidden', 'b'].map((text) => Buffer.from(text)));
    const { passed, endings } = pass(body, 5_000, meter);
    expect((await buffer(passed)).toString()).toBe('abrest');
    await sleep(5);
    expect(endings).toEqual(['complete']);
  });

  it('tells a provider that breaks off from a client that leaves', async () => {
    const cut = new PassThrough();
    const first = pass(cut);
    cut.write('x');
    cut.destroy(new Error('cut'));
    const left = new PassThrough();
    const second = pass(left);
    left.write('x');
    second.passed.destroy();
    await sleep(10);
    expect([first.endings, second.endings, left.destroyed]).toEqual([
      ['broken'],
      ['aborted'],
      true,
    ]);
  });

  it('tells a provider that stands still from a client that does not read', async () => {
    const silent = new PassThrough();
    const first = pass(silent, 30);
    first.passed.resume();
    silent.write('x');
    const flooding = new PassThrough();
    const second = pass(flooding, 30);
    flooding.write(Buffer.alloc(1e6));
    await sleep(120);
    expect([first.endings, second.endings]).toEqual([['broken'], ['aborted']]);
    expect([silent.destroyed, flooding.destroyed]).toEqual([true, true]);
  });
});
