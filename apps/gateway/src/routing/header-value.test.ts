import { describe, expect, it } from '@jest/globals';
import { headerValue } from './header-value.js';

describe('headerValue', () => {
  it('leaves ordinary names alone and escapes what a header cannot carry', () => {
    expect(headerValue('meta-llama/Llama-3.1:70b')).toBe('meta-llama/Llama-3.1:70b');
    expect(headerValue('modèle 1\r\nx: y')).toBe('mod%C3%A8le%201%0D%0Ax:%20y');
  });
});
