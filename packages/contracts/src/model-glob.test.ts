import { describe, expect, it } from '@jest/globals';
import { matchesGlob } from './model-glob.js';

describe('matchesGlob', () => {
  it.each([
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['*', 'meta-llama/Llama-3-70b', true],
    ['openai/*', 'openai/gpt-4o', true],
    ['openai/*', 'azure/openai/gpt-4o', false],
    ['*gpt*', 'azure/openai/gpt-4o', true],
    ['*/llama*-70b*', 'meta/llama-3-70b-chat', true],
    ['a*b*b', 'ab', false],
    ['a*b*b', 'abb', true],
    ['ab*ba', 'aba', false],
    ['gpt.4o', 'gpt-4o', false],
    ['a**b', 'ab', true],
    ['GPT*', 'gpt-4o', false],
    ['*a*', 'b', false],
  ])('%s against %s is %s', (pattern, name, expected) => {
    expect(matchesGlob(pattern, name)).toBe(expected);
  });

  it('is quick on patterns that make regular expressions backtrack', () => {
    const start = performance.now();
    expect(matchesGlob('*a'.repeat(200) + 'b', 'a'.repeat(5_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
