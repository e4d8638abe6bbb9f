import { describe, expect, it } from '@jest/globals';
import { admitByGlobs } from './model-globs.js';

describe('admitByGlobs', () => {
  const models = ['openai/gpt-4o', 'mistral/small', 'mistral/large'];

  it('admits what any of the patterns fits', () => {
    expect(admitByGlobs(['openai/*', '*large'], models)).toEqual([true, false, true]);
  });

  it('names a pattern that fits nothing, and lists the models', () => {
    expect(() => admitByGlobs(['openai/*', 'anthropic/*'], models)).toThrow(
      /no model fits "anthropic\/\*"; there are: openai\/gpt-4o, mistral\/small/,
    );
  });
});
