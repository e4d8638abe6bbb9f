import { describe, expect, it } from '@jest/globals';
import { MessageAssembler, splitMessage, toAsciiJson } from './message-parts.js';

describe('message parts', () => {
  it('sends a short message as one part', () => {
    expect(splitMessage('job-1', '{"ok":true}')).toEqual(['job-1 0 1 {"ok":true}']);
    expect(new MessageAssembler().add('job-1 0 1 {"ok":true}')).toBe('{"ok":true}');
  });

  it('splits a long message within the limit and puts it together, amid another', () => {
    const assembler = new MessageAssembler();
    const long = 'abc d'.repeat(5_000);
    const parts = splitMessage('a', long);
    const others = splitMessage('b', long.toUpperCase());
    expect(parts.length).toBeGreaterThan(3);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(7_900);

    const whole = parts.flatMap((part, i) => [assembler.add(part), assembler.add(others[i] ?? '')]);
    expect(whole.filter((message) => message !== null)).toEqual([long, long.toUpperCase()]);
  });

  it('ignores the rest of a message whose beginning was lost', () => {
    const assembler = new MessageAssembler();
    const parts = splitMessage('a', 'x'.repeat(20_000));
    expect(parts.slice(1).map((part) => assembler.add(part))).toEqual([null, null]);
  });

  it('escapes to ASCII and back', () => {
    const value = { message: 'größer – 漢字 🎉' };
    const json = toAsciiJson(value);
    // eslint's no-control-regex is met: the range is printable.
    expect(json).toMatch(/^[ -~]+$/);
    expect(JSON.parse(json)).toEqual(value);
  });
});
