import { describe, expect, it } from '@jest/globals';
import { errorText, statusFailure } from './failed-answer.js';

const KEY = 'sk-proj-AbCdEfGh12345678ZyXw';
const deployment = {
  id: 'dep_1',
  baseUrl: 'https://x.example/v1',
  upstreamModel: 'm',
  apiKey: KEY,
  authHeader: null,
};

describe('errorText', () => {
  it.each([
    ['{"error":{"message":"No such model","type":"x"}}', 'No such model'],
    ['{"error":"out of memory"}', 'out of memory'],
    ['{"message":"bad"}', 'bad'],
    ['{"detail":"Not Found"}', 'Not Found'],
    ['{"detail":[{"loc":["body"]}]}', '{"detail":[{"loc":["body"]}]}'],
    ['upstream\n  connect\terror', 'upstream connect error'],
    ['', ''],
  ])('finds the words of %s', (body, words) => expect(errorText(body, null)).toBe(words));

  it('is short', () => {
    expect(errorText('x'.repeat(100_000), null).length).toBe(300);
  });

  it.each([
    `Incorrect API key provided: ${KEY}.`,
    `Incorrect API key provided: ${KEY.slice(0, 8)}****************ZyXw.`,
    `Incorrect API key provided: sk-****.`,
    `bad key ${KEY.slice(0, 12)}...`,
    `bad key ...${KEY.slice(-10)}`,
    `{"headers":{"authorization":"Bearer ${KEY}"}}`,
    `${'x'.repeat(290)} ${KEY}`,
  ])('cuts the key out of %j', (body) => {
    const text = errorText(body, KEY);
    for (const part of ['sk-proj', '5678Zy', 'AbCd', 'ZyXw', '****']) {
      expect(text).not.toContain(part);
    }
    expect(text).toContain('…');
  });
});

describe('statusFailure', () => {
  it.each([
    [400, false, false],
    [401, false, true],
    [402, false, true],
    [403, false, true],
    [404, false, true],
    [408, true, false],
    [409, true, false],
    [422, false, false],
    [425, true, false],
    [429, true, false],
    [500, true, false],
    [503, true, false],
    [529, true, false],
  ])('%i: retryable %p, fatal %p', (status, retryable, fatal) => {
    const failure = statusFailure(status, '{"error":{"message":"why"}}', deployment);
    expect(failure).toMatchObject({ kind: 'status', status, retryable, fatal });
    expect(failure.message).toBe(`m answered HTTP ${status}: why`);
  });

  it('takes an account without credit for hopeless', () => {
    const body = '{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}';
    expect(statusFailure(429, body, deployment)).toMatchObject({ retryable: false, fatal: true });
  });

  it('reads how long to wait', () => {
    expect(statusFailure(429, '', deployment, { 'retry-after': '2' }).retryAfterMs).toBe(2_000);
  });
});
