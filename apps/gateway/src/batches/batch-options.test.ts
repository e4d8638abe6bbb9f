import { describe, expect, it } from '@jest/globals';
import { batchQuerySchema } from '@zerorouter/contracts';
import { readBatchQuery, toBatchConstraints } from './batch-options.js';

const read = (query: string) => {
  const given: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query))
    given[name] = name in given ? [given[name]!, value].flat() : value;
  return readBatchQuery(batchQuerySchema.parse(given));
};

describe('readBatchQuery', () => {
  it('reads constraints one by one, with a capacity a model', () => {
    expect(
      read(
        'policy=cheap&budget_usd=1.5&min_accuracy=0.7&max_latency_ms=900&capacity=a/b=3&capacity=c=0',
      ),
    ).toEqual({
      policy: 'cheap',
      constraints: {
        budget_usd: 1.5,
        min_accuracy: 0.7,
        max_latency_ms: 900,
        capacity: { 'a/b': 3, c: 0 },
      },
    });
    expect(read('')).toEqual({ policy: undefined, constraints: {} });
    // A model's name may hold an equals sign.
    expect(read('capacity=x=y=2').constraints).toEqual({ capacity: { 'x=y': 2 } });
  });

  it('reads objects as JSON', () => {
    const json = encodeURIComponent('{"budget_usd":2,"capacity":{"a":1}}');
    expect(read(`policy=${encodeURIComponent('{"dial":0.5}')}&constraints=${json}`)).toEqual({
      policy: { dial: 0.5 },
      constraints: { budget_usd: 2, capacity: { a: 1 } },
    });
  });

  it.each([
    ['budget_usd=', 'budget_usd'],
    ['budget_usd=ten', 'budget_usd'],
    ['budget_usd=-1', 'budget_usd'],
    ['min_accuracy=1.2', 'min_accuracy'],
    ['capacity=a', 'capacity'],
    ['capacity=a=1.5', 'capacity.a'],
    ['constraints=[]', 'constraints'],
    ['policy={"dial":', 'policy'],
  ])('refuses %s and names the parameter', (query, path) => {
    expect(() => read(query)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        details: { errors: [expect.objectContaining({ path })] },
      }),
    );
  });
});

describe('toBatchConstraints', () => {
  it('speaks the units of the optimizer', () => {
    const given = { budget_usd: 1, min_accuracy: 0.5, max_latency_ms: 250, capacity: { a: 2 } };
    expect(toBatchConstraints(given, ['a', 'b'])).toEqual({
      budgetUsd: 1,
      minMeanAccuracy: 0.5,
      maxLatencyS: 0.25,
      capacity: { a: 2 },
    });
  });

  it('knows only whole names of models', () => {
    expect(() => toBatchConstraints({ capacity: { mini: 2 } }, ['openai/mini'])).toThrow(
      expect.objectContaining({
        code: 'unknown-model',
        details: {
          errors: [
            {
              path: 'constraints.capacity.mini',
              message: 'is no model; do you mean openai/mini?',
            },
          ],
        },
      }),
    );
  });
});
