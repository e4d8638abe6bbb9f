import { expect, it } from '@jest/globals';
import type { RealisedCall, RouteCandidate } from '@zerorouter/contracts';
import { checkForecast } from './forecast-check.js';

const candidate = (model: string, costUsd: number | null): RouteCandidate => ({
  model,
  p_correct: 0.5,
  interval: [0.1, 0.9],
  cost_usd: costUsd,
  latency_ms: 1_000,
  output_tokens: 100,
  utility: 0,
});
const realised: RealisedCall = {
  model: 'b',
  deployment_id: 'b1',
  status: 200,
  ending: 'complete',
  finish_reason: 'stop',
  tokens: { input: 12, cached: null, output: 50, reasoning: null, estimated: false },
  cost_usd: 0.003,
  lost_usd: 0,
  ttft_ms: null,
  total_ms: 1_500,
};
const query = { difficulty: 0, discrimination: [], tokens: 10, in_domain: 1 };

it('holds a call against the forecast for the model that answered', () => {
  const candidates = [candidate('a', 0.001), candidate('b', 0.002)];
  const check = checkForecast({ candidates, query, realised });
  expect(check?.model).toBe('b');
  const rows = check!.rows.map(({ name, deviation }) => [name, deviation]);
  expect(rows).toEqual([
    ['Cost', expect.closeTo(0.5)],
    ['Tokens in', expect.closeTo(0.2)],
    ['Tokens out', expect.closeTo(-0.5)],
    ['Latency', expect.closeTo(0.5)],
  ]);
});

it('says nothing of a deviation from what was not predicted', () => {
  const check = checkForecast({ candidates: [candidate('b', null)], query, realised });
  expect(check!.rows[0]).toMatchObject({ predicted: null, realised: 0.003, deviation: null });
});

it('is null where no call has ended', () => {
  expect(checkForecast({ candidates: [candidate('a', 1)], query })).toBeNull();
});
