import { describe, expect, it } from '@jest/globals';
import { decisionQuerySchema } from '@zerorouter/contracts';
import { readDecisionFilter, toDecisionQuery } from './decision-filter.js';

describe('a filter of decisions', () => {
  it('is read from an address, without what makes no sense', () => {
    expect(
      readDecisionFilter({ model: ' a/b ', policy: '', key_id: 7, from: '2026-01-31', to: 'soon' }),
    ).toEqual({ model: 'a/b', from: '2026-01-31' });
  });

  it('asks for whole days of the reader, the last one included', () => {
    const query = toDecisionQuery({ policy: 'x', from: '2026-01-31', to: '2026-01-31' });
    expect(decisionQuerySchema.parse(query)).toMatchObject(query);
    expect(query.policy).toBe('x');
    expect(new Date(query.from!)).toEqual(new Date(2026, 0, 31));
    expect(new Date(query.to!)).toEqual(new Date(2026, 1, 1));
  });
});
