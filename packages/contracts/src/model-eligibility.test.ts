import { describe, expect, it } from '@jest/globals';
import { IN_SHADOW, liesInRequest, NOT_ADMITTED, unfitReason } from './model-eligibility.js';

const limits = { contextWindow: 100, capabilities: ['tools'] };
const request = { requires: ['tools'], inputTokens: 60.4, maxTokens: 39 };

describe('unfitReason', () => {
  it('counts input and output against the context window, and asks for capabilities', () => {
    expect(unfitReason(limits, request)).toBeNull();
    expect(unfitReason(limits, { ...request, maxTokens: 40 })).toMatch(
      /needs 101 tokens .* has 100/,
    );
    expect(unfitReason(limits, { ...request, requires: ['vision', 'tools'] })).toBe('lacks vision');
  });

  it('takes what is unknown for no limit', () => {
    const unknown = { contextWindow: null, capabilities: [] };
    expect(unfitReason(unknown, { ...request, requires: ['vision'], maxTokens: 1e6 })).toBeNull();
  });
});

describe('liesInRequest', () => {
  it('knows the reasons that no price or policy changes, as they are written', () => {
    expect(liesInRequest(unfitReason(limits, { ...request, maxTokens: 40 })!)).toBe(true);
    expect(liesInRequest(unfitReason(limits, { ...request, requires: ['vision'] })!)).toBe(true);
    expect(liesInRequest(NOT_ADMITTED)).toBe(true);
    expect(liesInRequest('predicted cost $0.01 > max_cost_usd $0.001')).toBe(false);
    expect(liesInRequest(IN_SHADOW)).toBe(false);
    expect(liesInRequest('cost unknown, and max_cost_usd is set')).toBe(false);
  });
});
