import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EncoderConfig } from './encoder-config.js';
import { GraphBuilder } from './onnx/graph-builder.js';
import { openComposed } from './open-composed.js';
import { openEncoder, type Encoder } from './open-encoder.js';

jest.setTimeout(60_000);

const FEW_SHOT = 'Q: What is 2 + 2? A: 4. '.repeat(60) + 'Q: And what is the capital of Peru? A:';

let config: EncoderConfig;
let encoder: Encoder;
let cacheDir: string;

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'encoder-'));
  config = { kind: 'use-lite', precision: 'int8', cacheDir };
  encoder = await openEncoder(config, { sessions: 2 });
});

afterAll(async () => {
  await encoder.close();
  await rm(cacheDir, { recursive: true });
});

describe('openEncoder', () => {
  it('names the encoder, its precision and its sizes', () => {
    expect(encoder).toMatchObject({ id: 'use-lite-int8@1', dimension: 512, maxTokens: 128 });
  });

  it('embeds every window of a long text, each as a unit vector', async () => {
    const { tokens, tokenCount } = encoder.windows(FEW_SHOT);
    const embeddings = await encoder.embedWindows(FEW_SHOT);
    expect(tokens.map((window) => window.length)).toEqual([128, 128, 128, 128]);
    expect(tokenCount).toBeGreaterThan(4 * 128);
    expect(embeddings).toHaveLength(4 * 512);
    for (let window = 0; window < 4; window += 1) {
      const row = embeddings.subarray(window * 512, (window + 1) * 512);
      expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    }
  });

  it('tells texts apart that share a long beginning', async () => {
    const other = FEW_SHOT.replace('the capital of Peru', 'the derivative of sin(x)');
    const [a, b] = await Promise.all([encoder.embedWindows(FEW_SHOT), encoder.embedWindows(other)]);
    const tail = 3 * 512;
    const cosine = a
      .subarray(tail)
      .reduce((sum, value, index) => sum + value * (b[tail + index] ?? 0), 0);
    expect(cosine).toBeLessThan(0.99);
  });

  it('gives a text the same bits alone, in company, and again', async () => {
    const alone = await encoder.embedWindows(FEW_SHOT);
    const company = Array.from({ length: 24 }, (_, index) =>
      index % 3 === 0 ? FEW_SHOT : `neighbour ${index} ${'with more words '.repeat(index)}`,
    );
    const together = await Promise.all(company.map((text) => encoder.embedWindows(text)));
    const again = await encoder.embedWindows(FEW_SHOT);
    expect(bits(again)).toEqual(bits(alone));
    for (const [index, text] of company.entries()) {
      if (text === FEW_SHOT) expect(bits(together[index])).toEqual(bits(alone));
      else expect(bits(together[index])).not.toEqual(bits(alone));
    }
  });

  it('reads an empty text as a blank window', async () => {
    expect(encoder.windows('')).toMatchObject({ tokens: [[30]], tokenCount: 0 });
    const embedding = await encoder.embedWindows('');
    expect(embedding).toHaveLength(512);
    expect(embedding.every(Number.isFinite)).toBe(true);
  });

  it('bounds the work for a huge text and extrapolates its token count', () => {
    const sentence = 'All of this has been said before. ';
    const count = encoder.countTokens(sentence);
    const huge = sentence.repeat(100_000);
    const start = performance.now();
    const counted = encoder.countTokens(huge);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(Math.abs(counted / (100_000 * count) - 1)).toBeLessThan(0.15);
  });

  it('leaves the event loop free while it computes', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await Promise.all(Array.from({ length: 20 }, () => encoder.embedWindows(FEW_SHOT)));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(20);
  });

  it('finishes what was begun before it closes, then refuses', async () => {
    const short = await openEncoder(config);
    const begun = Array.from({ length: 5 }, (_, index) => short.embedWindows(`text ${index}`));
    await short.close();
    expect((await Promise.all(begun)).map(({ length }) => length)).toEqual(Array(5).fill(512));
    await expect(short.embedWindows('late')).rejects.toMatchObject({ code: 'encoder_session' });
  });
});

describe('openComposed', () => {
  it('runs encoder and head in one session', async () => {
    const predictor = await openComposed(config, buildHead(), { sessions: 2 });
    try {
      expect(predictor).toMatchObject({ encoderId: 'use-lite-int8@1', dimension: 512 });
      const features = Float32Array.of(2, -3);
      const embeddings = await encoder.embedWindows(FEW_SHOT);
      const company = [FEW_SHOT, 'short', FEW_SHOT, 'another'];
      const results = await Promise.all(company.map((text) => predictor.run(text, features)));
      for (const index of [0, 2]) {
        const { pooled, total } = results[index] ?? {};
        expect(pooled).toHaveLength(512);
        expect(pooled?.[7]).toBeCloseTo(windowMean(embeddings, 7), 5);
        expect(total?.[0]).toBeCloseTo(-1, 6);
      }
      expect(bits(results[0]?.['pooled'])).toEqual(bits(results[2]?.['pooled']));
      expect(Object.keys(results[1] ?? {}).sort()).toEqual(['pooled', 'total']);
    } finally {
      await predictor.close();
    }
  });

  it('refuses features of the wrong size, and goes on', async () => {
    const predictor = await openComposed(config, buildHead());
    try {
      await expect(predictor.run('text', new Float32Array(3))).rejects.toMatchObject({
        code: 'encoder_session',
      });
      const { total } = await predictor.run('text', Float32Array.of(1, 1));
      expect(total?.[0]).toBeCloseTo(2, 6);
    } finally {
      await predictor.close();
    }
  });
});

/** pooled = mean over windows, total = sum of the features. */
function buildHead(): Uint8Array {
  const graph = new GraphBuilder('head');
  const windows = graph.input('windows', 'float32', ['W', 512]);
  const features = graph.input('features', 'float32', [2]);
  graph.node('ReduceMean', [windows], { axes: { ints: [0] }, keepdims: { int: 0 } }, 'pooled');
  graph.node('ReduceSum', [features], { keepdims: { int: 1 } }, 'total');
  graph.output('pooled', 'float32', [512]);
  graph.output('total', 'float32', [1]);
  return graph.build();
}

function windowMean(embeddings: Float32Array, column: number): number {
  const rows = embeddings.length / 512;
  return (
    Array.from({ length: rows }, (_, row) => embeddings[row * 512 + column] ?? NaN).reduce(
      (sum, value) => sum + value,
      0,
    ) / rows
  );
}

function bits(values: Float32Array | undefined): string {
  if (values === undefined) return '';
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
