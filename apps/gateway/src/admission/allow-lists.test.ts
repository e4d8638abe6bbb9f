import { describe, expect, it } from '@jest/globals';
import { allowsModel, narrowModels, narrowPolicy } from './allow-lists.js';

const NAMES = ['openai/large', 'openai/small', 'local/small'];
const refusal = (code: string) => expect.objectContaining({ code });

describe('narrowModels', () => {
  const narrow = (models: string[], requested?: string[]) =>
    narrowModels({ models }, requested, NAMES);

  it('leaves the request of a key without a list as it is', () => {
    expect(narrow([], ['openai/*'])).toBeUndefined();
    expect(narrow([])).toBeUndefined();
  });

  it('leaves what both admit', () => {
    expect(narrow(['openai/*'])).toEqual(['openai/large', 'openai/small']);
    expect(narrow(['openai/*'], ['*small'])).toEqual(['openai/small']);
    expect(narrow(['*/small', 'openai/*'], ['local/*', 'openai/large'])).toEqual([
      'openai/large',
      'local/small',
    ]);
  });

  it('refuses a name outside the list, and patterns of which nothing is left', () => {
    expect(() => narrow(['openai/*'], ['openai/small', 'local/small'])).toThrow(
      refusal('model-not-allowed'),
    );
    expect(() => narrow(['openai/*'], ['local/*'])).toThrow(refusal('model-not-allowed'));
    expect(() => narrow(['gone/*'])).toThrow(refusal('model-not-allowed'));
  });

  it('hands on what fits no model, to be refused as for anybody', () => {
    expect(narrow(['openai/*'], ['*large', 'nobody/*'])).toEqual(['openai/large', 'nobody/*']);
    expect(narrow(['*'], ['nobody/one'])).toEqual(['nobody/one']);
  });

  it('takes capital letters and dots for what they are', () => {
    expect(allowsModel({ models: ['gpt-4.1*'] }, 'gpt-4.1-mini')).toBe(true);
    expect(allowsModel({ models: ['gpt-4.1*'] }, 'gpt-401-mini')).toBe(false);
    expect(allowsModel({ models: ['GPT*'] }, 'gpt-4')).toBe(false);
  });
});

describe('narrowPolicy', () => {
  const narrow = (policies: string[], requested?: Parameters<typeof narrowPolicy>[1]) =>
    narrowPolicy({ policies }, requested, 'balanced');

  it('leaves requests that are allowed as they are', () => {
    expect(narrow([], { dial: 0.5 })).toBeUndefined();
    expect(narrow(['thrifty', 'balanced'], 'thrifty')).toBeUndefined();
    expect(narrow(['thrifty', 'balanced'])).toBeUndefined();
    expect(narrow(['pinned'], 'pinned')).toBeUndefined();
  });

  it('gives who names none the first that may be used, where the default may not', () => {
    expect(narrow(['pinned', 'thrifty', 'quick'])).toBe('thrifty');
    expect(() => narrow(['pinned'])).toThrow(refusal('policy-not-allowed'));
  });

  it('refuses others, weights of one’s own, and a model that the request names', () => {
    for (const asked of [
      'balanced',
      'pinned',
      { dial: 1 },
      { weights: { accuracy: 1, cost: 0, latency: 0 } },
    ])
      expect(() => narrow(['thrifty'], asked)).toThrow(refusal('policy-not-allowed'));
  });
});
