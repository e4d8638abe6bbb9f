import { describe, expect, it } from '@jest/globals';
import { boundText, cutWindows, MAX_TEXT_LENGTH } from './windows.js';

const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

describe('cutWindows', () => {
  it('keeps a text that fits whole', () => {
    expect(cutWindows(range(0, 128), 128, 4)).toEqual([range(0, 128)]);
    expect(cutWindows([7], 128, 4)).toEqual([[7]]);
  });

  it('has no window for no tokens', () => {
    expect(cutWindows([], 128, 4)).toEqual([]);
  });

  it('reads head and tail of a text that is one token too long', () => {
    expect(cutWindows(range(0, 129), 128, 4)).toEqual([range(0, 128), range(1, 128)]);
  });

  it('spaces the windows evenly from head to tail', () => {
    const windows = cutWindows(range(0, 1000), 100, 4);
    expect(windows).toEqual([range(0, 100), range(300, 100), range(600, 100), range(900, 100)]);
  });

  it('takes no more windows than it needs', () => {
    expect(cutWindows(range(0, 250), 100, 4)).toEqual([
      range(0, 100),
      range(75, 100),
      range(150, 100),
    ]);
  });

  it('reads the head alone when one window is allowed', () => {
    expect(cutWindows(range(0, 1000), 100, 1)).toEqual([range(0, 100)]);
  });

  it('refuses sizes that are no positive integers', () => {
    expect(() => cutWindows([1], 0, 4)).toThrow(RangeError);
    expect(() => cutWindows([1], 128, 1.5)).toThrow(RangeError);
  });
});

describe('boundText', () => {
  it('keeps a text up to the bound', () => {
    const text = 'x'.repeat(MAX_TEXT_LENGTH);
    expect(boundText(text)).toEqual([text]);
  });

  it('keeps head and tail above it', () => {
    const half = MAX_TEXT_LENGTH / 2;
    const text = 'a'.repeat(half) + 'gone' + 'z'.repeat(half);
    expect(boundText(text)).toEqual(['a'.repeat(half), 'z'.repeat(half)]);
  });

  it('splits no surrogate pair', () => {
    const [head = '', tail = ''] = boundText(`x${'🙂'.repeat(MAX_TEXT_LENGTH)}x`);
    expect(head).toMatch(/^x🙂+$/u);
    expect(tail).toMatch(/^🙂+x$/u);
    expect(head.length).toBe(MAX_TEXT_LENGTH / 2 - 1);
  });
});
