import { describe, expect, it } from '@jest/globals';
import type { ApiKey, ApiKeyScope } from '@zerorouter/database';
import { admitCaller, bearerKey } from './admit.js';

const key = (...scopes: ApiKeyScope[]): ApiKey => ({
  id: 'key_1',
  name: 'ci',
  scopes,
  prefix: 'zr_abc',
  createdAt: new Date(0),
  revokedAt: null,
});

const status = (expected: number) =>
  expect.objectContaining({ problem: expect.objectContaining({ status: expected }) });

describe('bearerKey', () => {
  it('reads the key, and tells no header from a bad one', () => {
    expect(bearerKey('Bearer zr_abc')).toBe('zr_abc');
    expect(bearerKey('bearer  zr_abc ')).toBe('zr_abc');
    expect(bearerKey(undefined)).toBeNull();
    for (const header of ['', 'Basic dTpw', 'Bearer', 'Bearer a b'])
      expect(() => bearerKey(header)).toThrow(status(401));
  });
});

describe('admitCaller', () => {
  it('asks for no key on loopback, except for administration', () => {
    expect(admitCaller('route', null, true)).toEqual({ keyId: null, scopes: [] });
    expect(() => admitCaller('route', null, false)).toThrow(status(401));
    expect(() => admitCaller('admin', null, true)).toThrow(status(401));
  });

  it('refuses a key that is not known, on loopback too', () => {
    expect(() => admitCaller('route', undefined, true)).toThrow(status(401));
  });

  it('holds keys to their scopes; admin includes route', () => {
    expect(admitCaller('route', key('route'), false).keyId).toBe('key_1');
    expect(admitCaller('route', key('admin'), false).keyId).toBe('key_1');
    expect(admitCaller('admin', key('route', 'admin'), true).keyId).toBe('key_1');
    expect(() => admitCaller('admin', key('route'), true)).toThrow(status(403));
    expect(() => admitCaller('route', key(), true)).toThrow(status(403));
  });
});
