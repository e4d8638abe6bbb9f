import { describe, expect, it } from '@jest/globals';
import { modelSize } from './model-size.js';

describe('modelSize', () => {
  it.each([
    ['meta-llama/Llama-3.1-8B-Instruct', 8],
    ['Qwen2.5-Math-1.5B', 1.5],
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', 56],
    ['gemma-2-27b-it', 27],
    ['Llama-3.1-405B-Inst-fp8@together', 405],
    ['gpt-4o-2024-08-06', null],
    ['claude-3-5-sonnet', null],
    ['model-0b', null],
    ['3bears', null],
  ])('%s → %s', (name, size) => expect(modelSize(name)).toBe(size));

  it('believes the metadata before the name', () => {
    expect(modelSize('Mixtral-8x7B', 46.7)).toBe(46.7);
    expect(modelSize('unnamed', 13)).toBe(13);
    expect(modelSize('Mixtral-8x7B', null)).toBe(56);
    expect(modelSize('Mixtral-8x7B', 0)).toBeNull();
  });
});
