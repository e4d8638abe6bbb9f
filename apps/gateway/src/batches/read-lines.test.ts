import { describe, expect, it } from '@jest/globals';
import { readLines } from './read-lines.js';

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}
async function collect(maxBytes: number, ...parts: (string | Buffer)[]) {
  const lines: [number, string][] = [];
  for await (const { number, text } of readLines(chunks(...parts), maxBytes))
    lines.push([number, text]);
  return lines;
}

describe('readLines', () => {
  it('puts lines together wherever chunks are cut, in the midst of a character as well', async () => {
    const bytes = Buffer.from('zwölf\nBoxkämpfer\n√2');
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(await collect(100, bytes.subarray(0, cut), bytes.subarray(cut))).toEqual([
        [1, 'zwölf'],
        [2, 'Boxkämpfer'],
        [3, '√2'],
      ]);
  });

  it('counts blank lines and leaves them out, with line ends of either kind', async () => {
    expect(await collect(100, 'a\r\n\r\n  \nb\n\n')).toEqual([
      [1, 'a\r'],
      [4, 'b'],
    ]);
    expect(await collect(100, '')).toEqual([]);
  });

  it('names the line that is too long, before it has come to its end', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('short\n');
      for (;;) {
        taken++;
        yield Buffer.alloc(40, 'x');
      }
    }
    const read = async () => {
      for await (const line of readLines(endless(), 100)) expect(line.number).toBe(1);
    };
    await expect(read()).rejects.toMatchObject({ details: { line: 2 } });
    expect(taken).toBe(3);
    await expect(collect(5, 'short\nlonger\n')).rejects.toMatchObject({ details: { line: 2 } });
  });

  it('names the line that is no UTF-8', async () => {
    await expect(collect(100, 'a\n', Buffer.from([0x62, 0xff, 0x0a]))).rejects.toMatchObject({
      message: 'line 2: it is not UTF-8',
    });
  });

  it('takes no more than it is asked for', async () => {
    let taken = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 10; i++) {
        taken++;
        yield Buffer.from(`line ${i}\n`);
      }
    }
    const lines = readLines(counted(), 100);
    await lines.next();
    await lines.next();
    expect(taken).toBe(2);
  });
});
