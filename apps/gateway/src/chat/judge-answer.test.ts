import { describe, expect, it } from '@jest/globals';
import { judgeRefusal } from './judge-answer.js';

const deployment = { id: 'd', baseUrl: '', upstreamModel: 'm', apiKey: null, authHeader: null };
const judge = (status: number, error: object = {}, headers: Record<string, string> = {}) => {
  const verdict = judgeRefusal(
    { statusCode: status, headers },
    JSON.stringify({ error }),
    deployment,
  );
  return verdict.kind === 'failed' ? verdict.finding : verdict.kind;
};

describe('judgeRefusal', () => {
  it.each([
    [400, { message: "Invalid value for 'temperature'" }, 'final'],
    [400, { code: 'content_filter', message: 'flagged' }, 'final'],
    [400, { code: 'context_length_exceeded' }, 'too-long'],
    [400, { message: "This model's maximum context length is 8192 tokens." }, 'too-long'],
    [400, { message: 'prompt is too long: 250000 tokens > 200000 maximum' }, 'too-long'],
    [400, { message: 'The input token count (40000) exceeds the maximum' }, 'too-long'],
    [413, { message: 'Request too large' }, 'final'],
    [422, { message: 'tools.0: not valid' }, 'final'],
    [403, { message: 'Your chosen model requires moderation and your input was flagged' }, 'final'],
    [403, { message: 'Country not supported' }, { kind: 'broken' }],
    [401, { message: 'Incorrect API key' }, { kind: 'broken' }],
    [402, { message: 'Insufficient credits' }, { kind: 'broken' }],
    [404, { code: 'model_not_found' }, { kind: 'broken' }],
    [404, { message: 'No endpoints found that support tool use' }, { kind: 'well' }],
    [404, { message: "Previous response with id 'resp_1' not found." }, { kind: 'well' }],
    [410, { message: 'gone' }, { kind: 'broken' }],
    [429, { code: 'insufficient_quota' }, { kind: 'broken' }],
    [429, { message: 'slow down' }, { kind: 'busy', restMs: 2_000 }],
    [408, {}, { kind: 'failed' }],
    [409, {}, { kind: 'well' }],
    [425, {}, { kind: 'well' }],
    [500, {}, { kind: 'failed' }],
    [529, { type: 'overloaded_error' }, { kind: 'failed' }],
  ])('takes %i %j for %j', (status, error, verdict) => {
    expect(judge(status, error)).toEqual(verdict);
  });

  it('leaves a deployment alone for as long as it asks', () => {
    expect(judge(429, {}, { 'retry-after': '7' })).toEqual({ kind: 'busy', restMs: 7_000 });
    expect(judge(503, {}, { 'retry-after-ms': '50' })).toEqual({ kind: 'busy', restMs: 50 });
    expect(judge(503, {}, { 'retry-after': '0' })).toEqual({ kind: 'failed' });
  });
});
