import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootOwnStack, sharedClient, type OwnStack } from '../stack/boot-stack.js';

/** 200 queries of all lengths, no two alike. */
const QUERIES = Array.from({ length: 200 }, (_, i) => {
  const task = `Task ${i}: multiply ${i + 11} by ${(i * 37) % 101}, then explain the result. `;
  return task + 'Take the remainders into account. '.repeat(i % 23);
});

describe('a query among many', () => {
  let uncached: OwnStack;

  beforeAll(async () => {
    uncached = await bootOwnStack({ env: { PREDICTION_CACHE_SIZE: '0' } });
  });

  afterAll(async () => {
    await uncached.stop();
  });

  it('gets what it gets alone, bit for bit, on this gateway and on another', async () => {
    const together = await Promise.all(QUERIES.map((query) => uncached.client.route({ query })));
    const elsewhere = await Promise.all(QUERIES.map((query) => sharedClient().route({ query })));
    expect(new Set(together.map(({ decision_id }) => decision_id)).size).toBe(QUERIES.length);
    expect(new Set(together.map(({ query }) => query.difficulty)).size).toBeGreaterThan(190);
    for (const [i, query] of QUERIES.entries()) {
      const alone = await uncached.client.route({ query });
      for (const answer of [together[i], elsewhere[i]]) {
        expect(answer?.query).toEqual(alone.query);
        expect(answer?.candidates).toEqual(alone.candidates);
        expect(answer?.model).toBe(alone.model);
      }
    }
  });

  it('is stored, each by itself', async () => {
    const decisions = await Promise.all(
      QUERIES.slice(0, 50).map((query) => uncached.client.route({ query })),
    );
    const stored = await Promise.all(
      decisions.map(({ decision_id: id }) => uncached.client.get(`/v1/decisions/${id}`)),
    );
    stored.forEach(({ status, body }, i) => {
      expect(status).toBe(200);
      expect(body).toMatchObject({ query: decisions[i]?.query });
    });
  });
});
