import { describe, expect, it } from '@jest/globals';
import {
  forward,
  initializeNetwork,
  outputsOf,
  plainMatrixKernel,
  readItem,
  seededRandom,
} from '@zerorouter/latent-space';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openMatrixKernel } from './matrix-kernel.js';
import { writePredictorHead } from './predictor-head.js';

describe('writePredictorHead', () => {
  it.each([
    ['general and facets', { general: 1, facets: 3 }],
    ['the paper’s difficulty vector', { general: 4, facets: 0, vectorDifficulty: true }],
  ])('computes in ONNX what the networks compute in training: %s', async (_name, layout) => {
    const random = seededRandom(8);
    const embeddingWidth = 5;
    const features = 3;
    const shape = {
      inputs: 3 * embeddingWidth + features,
      hidden: 6,
      outputs: outputsOf(layout),
    };
    const members = [initializeNetwork(shape, random), initializeNetwork(shape, random)];
    for (const member of members)
      for (const bias of [member.inputBias, member.hiddenBias, member.outputBias])
        for (let i = 0; i < bias.length; i++) bias[i] = 0.3 * random.normal();
    const head = {
      embeddingWidth,
      embeddingScale: 2,
      featureMean: Float32Array.of(1, 0, -1),
      featureDeviation: Float32Array.of(1, 0.5, 0.1),
      featureClip: 4,
      featureScale: 3,
      shape,
      members,
      layout,
      logitScale: 1.3,
      familiarity: {
        views: {
          meaning: {
            centroids: Float32Array.of(1, 0, 0, 0, 0, 0, 1, 0, 0, 0),
            typical: 0.8,
            rare: 0.3,
          },
          form: {
            centroids: Float32Array.of(0, 0, 0, 1, 0.6, 0, 0, 0.8),
            typical: 0.9,
            rare: 0.5,
          },
        },
        range: [0.5, 4] as const,
      },
      meanDiscrimination: Float32Array.of(0.9, 0.1, -0.2, 0.3),
      meanAbility: Float32Array.of(0.7, -0.4, 0.2, 0.5),
      shrinkageAway: 0.75,
      varianceAtHome: 0.7,
      varianceAway: 3,
    };
    const windows = Float32Array.from({ length: 3 * embeddingWidth }, () => random.normal());
    const raw = [1.5, 0.2, 7];

    const session = await InferenceSession.create(writePredictorHead(head));
    const outputs = await session.run({
      windows: new Tensor('float32', windows, [3, embeddingWidth]),
      features: new Tensor('float32', Float32Array.from(raw), [features]),
    });

    const mean = Array.from(
      { length: embeddingWidth },
      (_, j) => (windows[j]! + windows[5 + j]! + windows[10 + j]!) / 3,
    );
    const row = Float32Array.from([
      ...[...mean, ...windows.slice(10), ...windows.slice(0, 5)].map((value) => 2 * value),
      1.5, // 3 · (1.5 − 1)
      1.2,
      12, // 3 · 4: (7 + 1)/0.1 is clipped
    ]);
    const items = await Promise.all(
      members.map(async (member) =>
        readItem(
          (await forward(shape, member, row, 1, null, plainMatrixKernel)).outputs,
          0,
          layout,
        ),
      ),
    );
    const average = (read: (item: (typeof items)[number]) => number) =>
      items.reduce((sum, item) => sum + read(item) / items.length, 0);
    const data = (name: string) => Array.from(outputs[name]!.data as Float32Array);

    const norm = Math.hypot(...mean);
    const meaning = Math.max(mean[0]!, mean[1]!) / norm;
    const standardised = [0.5, 0.4, 4]; // the last is clipped
    const form =
      Math.max(Math.sqrt(3), 0.6 * standardised[0]! + 0.8 * Math.sqrt(3)) /
      Math.hypot(...standardised, Math.sqrt(3));
    const strange = (0.8 - meaning) / 0.5 + (0.9 - form) / 0.4;
    const familiarity = Math.min(1, Math.max(0, (4 - strange) / 3.5));
    expect(familiarity).toBeGreaterThan(0.05);
    expect(familiarity).toBeLessThan(0.95);
    expect(data('familiarity')[0]).toBeCloseTo(familiarity, 5);
    let atMeanModel = 0;
    data('discrimination').forEach((value, k) => {
      const predicted = 1.3 * average((item) => item.discrimination[k]!);
      const typical = head.meanDiscrimination[k]!;
      const kept = 1 - 0.75 * (1 - familiarity);
      expect(value).toBeCloseTo(typical + kept * (predicted - typical), 5);
      atMeanModel += head.meanAbility[k]! * (value - predicted);
    });
    // The mean model's αᵀθ̄ − d is what the networks say.
    expect(data('difficulty')[0]).toBeCloseTo(
      1.3 * average((item) => item.difficulty) + atMeanModel,
      4,
    );
    expect(data('discrimination')).toHaveLength(4);
    expect(data('log_output_tokens')[0]).toBeCloseTo(
      average((item) => item.logOutputTokens),
      5,
    );
    data('embedding').forEach((value, j) => expect(value).toBeCloseTo(mean[j]!, 5));
    expect(data('difficulty_variance')[0]).toBeCloseTo(0.7 + 3 * (1 - familiarity) ** 2, 5);
  });
});

describe('openMatrixKernel', () => {
  it('multiplies as the plain kernel does, transposed or not', async () => {
    const kernel = await openMatrixKernel(1);
    const random = seededRandom(3);
    const shape = { m: 7, k: 5, n: 4 };
    const a = Float32Array.from({ length: 35 }, () => random.normal());
    const b = Float32Array.from({ length: 20 }, () => random.normal());
    for (const transpose of ['none', 'left', 'right'] as const) {
      const fast = await kernel.multiply(a, b, shape, transpose);
      const plain = await plainMatrixKernel.multiply(a, b, shape, transpose);
      fast.forEach((value, i) => expect(value).toBeCloseTo(plain[i]!, 5));
    }
  });
});
