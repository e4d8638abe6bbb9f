import { describe, expect, it } from '@jest/globals';
import { generateApiKey, hashApiKey, isLoopback } from './api-key.js';

describe('generateApiKey', () => {
  it('makes long, different keys whose hash can be found again', () => {
    const [one, other] = [generateApiKey(), generateApiKey()];
    expect(one.key).toMatch(/^zr_[\w-]{43}$/);
    expect(one.key).not.toBe(other.key);
    expect(hashApiKey(one.key)).toBe(one.hash);
    expect(one.key.startsWith(one.prefix)).toBe(true);
  });

  it('hashes as SHA-256 does', () => {
    expect(hashApiKey('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.com', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
