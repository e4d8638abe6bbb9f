import { describe, expect, it } from '@jest/globals';
import type { ApiKey, ApiKeyScope } from '@zerorouter/database';
import { storedKey } from '../../test/stored-key.js';
import { admitCaller, bearerKey } from './admit.js';

const NOW = new Date(1_000);
const admit = (
  access: ApiKeyScope[],
  key: ApiKey | null | undefined,
  { local = false } = {},
): string | null => admitCaller(access, key, local, NOW).keyId;
const key = (...scopes: ApiKeyScope[]) => storedKey({ scopes });

const status = (expected: number, code?: string) =>
  expect.objectContaining({
    problem: expect.objectContaining({ status: expected, ...(code === undefined ? {} : { code }) }),
  });

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
  it('asks for no key on loopback, where one routes or chats', () => {
    for (const scope of ['route', 'chat'] as const) {
      expect(admit([scope], null, { local: true })).toBeNull();
      expect(() => admit([scope], null)).toThrow(status(401));
    }
    for (const scope of ['admin', 'metrics'] as const)
      expect(() => admit([scope], null, { local: true })).toThrow(status(401, 'missing-key'));
  });

  it('refuses a key that is not known, on loopback too', () => {
    expect(() => admit(['route'], undefined, { local: true })).toThrow(status(401, 'invalid-key'));
  });

  it('holds keys to their scopes; admin includes the others', () => {
    const scopes = ['route', 'chat', 'metrics', 'admin'] as const;
    for (const held of scopes)
      for (const asked of scopes)
        if (held === asked || held === 'admin') expect(admit([asked], key(held))).toBe('key_1');
        else
          expect(() => admit([asked], key(held), { local: true })).toThrow(
            status(403, 'missing-scope'),
          );
    expect(() => admit(['route'], key(), { local: true })).toThrow(status(403));
  });

  it('takes any of several scopes', () => {
    expect(admit(['route', 'chat'], key('chat'))).toBe('key_1');
    expect(() => admit(['route', 'chat'], key('metrics'))).toThrow(status(403));
  });

  it('refuses a key from the moment on at which it expires', () => {
    const until = (time: number) => storedKey({ expiresAt: new Date(time) });
    expect(admit(['route'], until(1_001))).toBe('key_1');
    expect(() => admit(['route'], until(1_000), { local: true })).toThrow(
      status(401, 'expired-key'),
    );
  });

  it('hands the limits of the key on', () => {
    const limited = storedKey({ limits: { ...storedKey().limits, models: ['openai/*'] } });
    expect(admitCaller(['route'], limited, false, NOW).limits?.models).toEqual(['openai/*']);
  });
});
