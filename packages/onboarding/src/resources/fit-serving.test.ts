import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import type { ServedAnswer } from './fit-serving.js';
import { fitServing } from './fit-serving.js';

const length = { offset: 0, offsetVariance: 0.1, smearing: 1.1, logDeviation: 0.4 };

/** TTFT 240 ms + .5 ms a token, TPOT 18 ms, 5% noise; a share of the calls stalls. */
function served(count: number, outliers: number, seed: number): ServedAnswer[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const inputEstimate = 20 + random.integer(1_500);
    const level = 4 + random.normal();
    const outputTokens = Math.max(2, Math.round(Math.exp(level + 0.4 * random.normal())));
    const noise = () => Math.exp(0.05 * random.normal());
    const stalled = random.uniform() < outliers;
    const ttftMs =
      (240 + 0.5 * inputEstimate) * noise() * (stalled ? 5 + 20 * random.uniform() : 1);
    const generationMs = 18 * (outputTokens - 1) * noise() * (stalled ? 8 : 1);
    return { inputEstimate, level, outputTokens, ttftMs, totalMs: ttftMs + generationMs };
  });
}

describe('fitServing', () => {
  it('recovers time to first token and per token within 5%, a tenth of the calls stalled', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { times, latency } = fitServing(served(50, 0.1, seed), length);
      expect(times!.tpotMs / 18).toBeGreaterThan(0.95);
      expect(times!.tpotMs / 18).toBeLessThan(1.05);
      for (const tokens of [100, 700, 1_400]) {
        const ttft = times!.ttftMs + times!.ttftMsPerInputToken * tokens;
        expect(ttft / (240 + 0.5 * tokens)).toBeGreaterThan(0.95);
        expect(ttft / (240 + 0.5 * tokens)).toBeLessThan(1.05);
      }
      // Seconds of 500 tokens in, 200 out: .24 + .25 + .018 · 199.
      const { base, perInputToken, perOutputToken } = latency!;
      expect((base + 500 * perInputToken + 200 * perOutputToken) / 4.072).toBeCloseTo(1, 1);
    }
  });

  it('tells what one call in twenty exceeds', () => {
    const calls = served(400, 0, 3);
    const { latency } = fitServing(calls, length);
    const { base, perInputToken, perOutputToken, p95Ratio } = latency!;
    const exceeded = calls.filter(({ inputEstimate, level, totalMs }) => {
      const tokens = Math.exp(level!) * 1.1;
      const mean = base + perInputToken * inputEstimate + perOutputToken * tokens;
      return totalMs! / 1000 > mean * p95Ratio;
    });
    expect(exceeded.length / 400).toBeGreaterThan(0.02);
    expect(exceeded.length / 400).toBeLessThan(0.08);
  });

  it('falls back to end-to-end times where no first token was seen, or answers came at once', () => {
    const blind = served(40, 0, 4).map((call) => ({ ...call, ttftMs: null }));
    const atOnce = served(40, 0, 4).map((call) => ({ ...call, ttftMs: call.totalMs }));
    for (const calls of [blind, atOnce]) {
      const { times, latency } = fitServing(calls, length);
      expect(times).toBeNull();
      expect(latency!.perOutputToken).toBeGreaterThan(0.01);
    }
  });

  it('knows nothing without times, and needs no length model', () => {
    const calls = served(30, 0, 5);
    expect(fitServing([], length)).toEqual({ latency: null, times: null });
    expect(
      fitServing(
        calls.map((call) => ({ ...call, totalMs: null })),
        length,
      ).latency,
    ).toBeNull();
    expect(fitServing(calls, null).latency!.perOutputToken).toBeCloseTo(0.018, 2);
  });
});
