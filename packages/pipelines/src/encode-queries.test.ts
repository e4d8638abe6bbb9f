import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Encoder } from '@zerorouter/encoder';
import { openEncoder } from '@zerorouter/encoder';
import { encodeQueries } from './encode-queries.js';

jest.setTimeout(60_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-embeddings-'));
let encoder: Encoder;

beforeAll(async () => {
  encoder = await openEncoder({
    kind: 'use-lite',
    precision: 'int8',
    cacheDir: join(root, 'encoder'),
  });
});

afterAll(async () => {
  await encoder.close();
  rmSync(root, { recursive: true, force: true });
});

/** The same encoder, counting the texts that reach it. */
function counting(): { encoder: Encoder; encoded: string[] } {
  const encoded: string[] = [];
  return {
    encoded,
    encoder: {
      ...encoder,
      embedWindows: (text) => {
        encoded.push(text);
        return encoder.embedWindows(text);
      },
    },
  };
}

const quiet = () => undefined;
const texts = Array.from({ length: 12 }, (_, i) => `What is ${i} + ${i * i}? `.repeat(1 + 20 * i));

function shardsOf(cacheDir: string): string[] {
  return readdirSync(cacheDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.records'))
    .map((name) => join(cacheDir, name));
}

describe('encodeQueries', () => {
  it('encodes each text once, whichever list it comes in, to the same bits', async () => {
    const cacheDir = join(root, 'each-once');
    const fresh = await encodeQueries(encoder, texts, null, quiet);
    const first = counting();
    await encodeQueries(first.encoder, [...texts.slice(0, 7), texts[0]!], cacheDir, quiet);
    expect(first.encoded.sort()).toEqual(texts.slice(0, 7).sort());
    const second = counting();
    const kept = await encodeQueries(second.encoder, texts, cacheDir, quiet);
    expect(second.encoded.sort()).toEqual(texts.slice(7).sort());
    expect(kept).toEqual(fresh);
    const shuffled = [5, 2, 5, 11].map((row) => texts[row]!);
    const third = counting();
    const some = await encodeQueries(third.encoder, shuffled, cacheDir, quiet);
    expect(third.encoded).toEqual([]);
    [5, 2, 5, 11].forEach((row, i) => {
      for (const part of ['mean', 'last', 'first'] as const)
        expect(some[part].subarray(i * 512, (i + 1) * 512)).toEqual(
          fresh[part].subarray(row * 512, (row + 1) * 512),
        );
    });
  });

  it('keeps as first window what the first 128 tokens alone give', async () => {
    const long = texts[11]!;
    expect(encoder.countTokens(long)).toBeGreaterThan(128);
    const { first } = await encodeQueries(encoder, [long], null, quiet);
    const windows = await encoder.embedWindows(long);
    expect(first).toEqual(windows.slice(0, 512));
  });

  it('drops a torn tail and encodes what it held again', async () => {
    const cacheDir = join(root, 'torn');
    const fresh = await encodeQueries(encoder, texts, cacheDir, quiet);
    const [shard] = shardsOf(cacheDir);
    const record = statSync(shard!).size / texts.length;
    expect(record).toBe(32 + 3 * 512 * 4);
    truncateSync(shard!, 10 * record + 100);
    const again = counting();
    expect(await encodeQueries(again.encoder, texts, cacheDir, quiet)).toEqual(fresh);
    expect(again.encoded.sort()).toEqual(texts.slice(10).sort());
    appendFileSync(shardsOf(cacheDir)[0]!, 'stray bytes');
    const third = counting();
    expect(await encodeQueries(third.encoder, texts, cacheDir, quiet)).toEqual(fresh);
    expect(third.encoded).toEqual([]);
  });

  it('bears writers side by side and merges their shards', async () => {
    const cacheDir = join(root, 'writers');
    const lists = Array.from({ length: 14 }, (_, i) => [texts[i % 12]!, `only list ${i} asks`]);
    await Promise.all(lists.map((list) => encodeQueries(encoder, list, cacheDir, quiet)));
    expect(shardsOf(cacheDir).length).toBeLessThanOrEqual(12);
    const again = counting();
    const all = [...new Set(lists.flat())];
    const kept = await encodeQueries(again.encoder, all, cacheDir, quiet);
    expect(again.encoded).toEqual([]);
    expect(kept).toEqual(await encodeQueries(encoder, all, null, quiet));
  });
});
