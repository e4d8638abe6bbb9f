import { describe, expect, it } from '@jest/globals';
import { EMPTY_BATCH, readBatchForm, toSearch } from './batch-form.js';

describe('readBatchForm', () => {
  it('says nothing of what was left empty', () => {
    expect(readBatchForm({ ...EMPTY_BATCH, policy: 'balanced' }).query).toEqual({
      policy: 'balanced',
    });
    expect(readBatchForm(EMPTY_BATCH).query).toEqual({ policy: '{"dial":0.5}' });
  });

  it('turns percent and seconds into the units of the API', () => {
    const { query } = readBatchForm({
      ...EMPTY_BATCH,
      policy: 'min-cost',
      budgetUsd: ' 1.5 ',
      minAccuracy: '80',
      maxLatency: '2.5',
      capacity: [
        { model: 'openai/a', most: '10' },
        { model: '', most: '' },
      ],
    });
    expect(query).toEqual({
      policy: 'min-cost',
      budget_usd: '1.5',
      min_accuracy: '0.8',
      max_latency_ms: '2500',
      capacity: ['openai/a=10'],
    });
    expect(toSearch(query!)).toBe(
      'policy=min-cost&budget_usd=1.5&min_accuracy=0.8&max_latency_ms=2500&capacity=openai%2Fa%3D10',
    );
  });

  it('tells what is wrong, field by field', () => {
    const wrong = readBatchForm({
      ...EMPTY_BATCH,
      budgetUsd: '-1',
      minAccuracy: '101',
      maxLatency: 'soon',
      capacity: [{ model: 'a', most: '1.5' }],
    });
    expect(wrong.query).toBeNull();
    expect(Object.keys(wrong.errors!)).toEqual([
      'budgetUsd',
      'minAccuracy',
      'maxLatency',
      'capacity',
    ]);
    const twice = { ...EMPTY_BATCH, capacity: [1, 2].map((n) => ({ model: 'a', most: `${n}` })) };
    expect(readBatchForm(twice).errors).toEqual({ capacity: 'A model stands in two rows' });
  });
});
