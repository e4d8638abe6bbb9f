import { describe, expect, it } from '@jest/globals';
import { apiKeyRequestSchema } from './keys.js';
import { modelRequestSchema, rollbackRequestSchema } from './models.js';
import { rollOutRequestSchema } from './roll-outs.js';
import { routeRequestSchema } from './route.js';
import { calibrationRequestSchema } from './spaces.js';

describe('calibrationRequestSchema', () => {
  const accepts = (data_sets: string[]) =>
    calibrationRequestSchema.safeParse({ data_sets }).success;

  it('takes names of folders, and fills in the options', () => {
    expect(calibrationRequestSchema.parse({ data_sets: ['router-bench_v1.2'] })).toEqual({
      data_sets: ['router-bench_v1.2'],
      dimensions: 'auto',
      seed: 1,
    });
  });

  it.each(['..', '.', '../other', '/etc', 'a/b', 'a\\b', '', 'a\0b', 'x'.repeat(129)])(
    'takes no path that could lead elsewhere: %j',
    (name) => {
      expect(accepts([name])).toBe(false);
    },
  );

  it('takes none twice, and not none at all', () => {
    expect(accepts(['a', 'a'])).toBe(false);
    expect(accepts([])).toBe(false);
  });
});

describe('routeRequestSchema', () => {
  const accepts = (request: unknown) => routeRequestSchema.safeParse(request).success;
  const messages = [{ role: 'user', content: 'x' }];

  it('wants a query or a conversation, not both', () => {
    expect(accepts({ query: 'x' })).toBe(true);
    expect(accepts({ messages })).toBe(true);
    expect(accepts({ query: 'x', messages })).toBe(false);
    expect(accepts({})).toBe(false);
  });

  it('lets unknown fields of a turn pass, but none of the request itself', () => {
    expect(accepts({ messages: [{ ...messages[0], name: 'ada' }] })).toBe(true);
    expect(accepts({ query: 'x', modles: ['a'] })).toBe(false);
  });

  it.each([
    { policy: { weights: { accuracy: 0, cost: 0, latency: 0 } } },
    { policy: { weights: { accuracy: 1, cost: -1, latency: 0 } } },
    { policy: { dial: 1.01 } },
    { constraints: { max_cost_usd: 0 } },
    { max_tokens: 0 },
    { models: [] },
  ])('refuses %j', (part) => {
    expect(accepts({ query: 'x', ...part })).toBe(false);
  });
});

it('takes no whole number that a column could not hold', () => {
  const [most, more] = [2_147_483_647, 2_147_483_648];
  const rollOut = (version: number) => ({
    candidate: { policy: 'other', version },
    share: 0.1,
    unit: 'session',
    quality_bound: 0.05,
    min_feedback: 5,
  });
  const model = (context_window: number) => ({ name: 'a/b', context_window });
  for (const [value, fits] of [
    [most, true],
    [more, false],
  ] as const) {
    expect(rollOutRequestSchema.safeParse(rollOut(value)).success).toBe(fits);
    expect(rollbackRequestSchema.safeParse({ version: value }).success).toBe(fits);
    expect(modelRequestSchema.safeParse(model(value)).success).toBe(fits);
  }
});

describe('apiKeyRequestSchema', () => {
  it('gives the scope "route" unless told, and wants a name', () => {
    expect(apiKeyRequestSchema.parse({ name: ' ci ' })).toEqual({
      name: 'ci',
      scopes: ['route', 'chat'],
    });
    expect(apiKeyRequestSchema.safeParse({ name: '  ' }).success).toBe(false);
    expect(apiKeyRequestSchema.safeParse({ name: 'x', scopes: ['root'] }).success).toBe(false);
  });
});
