import { describe, expect, it } from '@jest/globals';
import type { QueryLatents } from '@zerorouter/contracts';
import type { BatchPrediction, BatchState } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { BatchLanes } from './batch-lanes.js';
import { PredictorCache } from './predictor-cache.js';
import { RouteBatchProcessor } from './route-batch.processor.js';

const LATENTS: QueryLatents = {
  discrimination: [1],
  difficulty: 0,
  difficultyVariance: 0,
  logOutputTokens: 1,
  inputTokens: 3,
  familiarity: 1,
};

/** A batch of three items in memory; `predict` decides what becomes of each text. */
function harness(predict: (text: string) => QueryLatents, after: BatchState | null = 'predicting') {
  const added: string[] = [];
  const stored: BatchPrediction[] = [];
  const predictors = new PredictorCache(
    () =>
      Promise.resolve({
        predict: (text: string) => Promise.resolve().then(() => predict(text)),
        close: () => Promise.resolve(),
      }),
    { capacity: 1, failureMs: 5 },
  );
  const processor = new RouteBatchProcessor({
    predictors,
    lanes: new BatchLanes({ lanes: 2, trickleMs: 10 }),
    logger: createLogger('test', 'silent'),
    tries: { during: (_key, work) => work(0) },
    work: {
      beginChunk: (_id, from, to) =>
        Promise.resolve({
          spaceVersion: 'v1',
          itemCount: 10_000,
          items: ['a', 'b', 'c'].map((text, i) => ({ index: from + i, text })).slice(0, to - from),
        }),
      storePredictions: (_id, predictions) => {
        stored.push(...predictions);
        return Promise.resolve(after);
      },
    },
    queue: {
      addNextChunk: (id, items, from) =>
        Promise.resolve(void added.push(`chunk ${id} ${items} ${from}`)),
      addOptimization: (id) => Promise.resolve(void added.push(`optimize ${id}`)),
    },
  });
  const run = (signal = new AbortController().signal) =>
    processor.process({ batchId: 'bat_1', from: 100, to: 103 }, { signal });
  return { added, stored, run };
}

describe('RouteBatchProcessor', () => {
  it('stores what it predicted, then asks for the next chunk', async () => {
    const { added, stored, run } = harness(() => LATENTS);
    expect(await run()).toEqual({ predicted: 3, failed: 0 });
    expect(stored).toEqual([100, 101, 102].map((index) => ({ index, latents: LATENTS })));
    expect(added).toEqual(['chunk bat_1 10000 100']);
  });

  it('lets an item fail alone, also one whose latents are no numbers', async () => {
    const { stored, run } = harness((text) => {
      if (text === 'b') throw new Error('onnxruntime says no');
      return text === 'c' ? { ...LATENTS, difficulty: NaN } : LATENTS;
    });
    expect(await run()).toEqual({ predicted: 1, failed: 2 });
    expect(stored.map(({ error }) => error?.code)).toEqual([
      undefined,
      'prediction-failed',
      'prediction-failed',
    ]);
  });

  it('blames no item when the predictor itself is broken', async () => {
    const { stored, run } = harness(() => {
      throw new Error('an encoder thread died');
    });
    await expect(run()).rejects.toThrow('an encoder thread died');
    expect(stored).toEqual([]);
  });

  it('optimizes after the last item, and stops when the batch is gone', async () => {
    const last = harness(() => LATENTS, 'optimizing');
    await last.run();
    expect(last.added).toEqual(['optimize bat_1']);
    const cancelled = harness(() => LATENTS, null);
    await cancelled.run();
    expect(cancelled.added).toEqual([]);
  });

  it('stores nothing once it has to stop', async () => {
    const { stored, run } = harness(() => LATENTS);
    await expect(run(AbortSignal.abort(new Error('closing')))).rejects.toThrow('closing');
    expect(stored).toEqual([]);
  });
});
