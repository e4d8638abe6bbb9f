import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './load-config.js';

const DATABASE_URL = 'postgres://db.example/zerorouter';

describe('SECRETS_KEY', () => {
  it.each(['SECRETS_KEY', 'SECRETS_KEY_PREVIOUS'] as const)('%s is base64 of 32 bytes', (name) => {
    for (let i = 0; i < 100; i++) {
      const key = randomBytes(32).toString('base64');
      expect(loadConfig({ DATABASE_URL, [name]: key })[name]).toBe(key);
    }
    expect(loadConfig({ DATABASE_URL, [name]: '' })[name]).toBeUndefined();
    const others = [
      randomBytes(31).toString('base64'),
      randomBytes(33).toString('base64'),
      randomBytes(32).toString('hex'),
      randomBytes(32).toString('base64url').padEnd(44, '!'),
      `${'A'.repeat(42)}B=`,
    ];
    for (const key of others) {
      expect(() => loadConfig({ DATABASE_URL, [name]: key })).toThrow(/base64 of 32 bytes/);
    }
  });
});

describe('PROVIDER_ALLOW_PRIVATE', () => {
  it('is off unless it is switched on', () => {
    expect(loadConfig({ DATABASE_URL }).PROVIDER_ALLOW_PRIVATE).toBe('false');
    expect(() => loadConfig({ DATABASE_URL, PROVIDER_ALLOW_PRIVATE: '1' })).toThrow(
      /PROVIDER_ALLOW_PRIVATE="1"/,
    );
  });
});
