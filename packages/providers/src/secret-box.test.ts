import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SecretBox } from './secret-box.js';

const newKey = () => randomBytes(32).toString('base64');
const KEY = newKey();
const box = new SecretBox({ SECRETS_KEY: KEY });

describe('SecretBox', () => {
  it.each(['sk-abc', '', 'ключ 🔑', 'x'.repeat(4_000)])('opens what it sealed: %.10j', (plain) => {
    expect(box.open(box.seal(plain, 'dep_1'), 'dep_1')).toBe(plain);
  });

  it('never seals twice alike, and hides the plain text', () => {
    const [first, second] = [box.seal('sk-abc', 'dep_1'), box.seal('sk-abc', 'dep_1')];
    expect(first).not.toEqual(second);
    expect(first.length).toBe(1 + 12 + 16 + 6);
    expect(first[0]).toBe(1);
    expect(Buffer.from(first).includes('sk-abc')).toBe(false);
  });

  it('does not open for another deployment', () => {
    expect(() => box.open(box.seal('sk-abc', 'dep_1'), 'dep_2')).toThrow(
      expect.objectContaining({ code: 'secret-unreadable' }),
    );
  });

  it('notices a change of any byte, and any cut', () => {
    const sealed = box.seal('sk-abc', 'dep_1');
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box.open(changed, 'dep_1')).toThrow(
        expect.objectContaining({ code: 'secret-unreadable' }),
      );
      expect(() => box.open(sealed.slice(0, at), 'dep_1')).toThrow(
        expect.objectContaining({ code: 'secret-unreadable' }),
      );
    }
  });

  it('rotates: opens with the previous key, seals with the new one', () => {
    const next = newKey();
    const rotating = new SecretBox({ SECRETS_KEY: next, SECRETS_KEY_PREVIOUS: KEY });
    expect(rotating.open(box.seal('old', 'd'), 'd')).toBe('old');
    expect(new SecretBox({ SECRETS_KEY: next }).open(rotating.seal('new', 'd'), 'd')).toBe('new');
    expect(() => box.open(rotating.seal('new', 'd'), 'd')).toThrow(/SECRETS_KEY_PREVIOUS/);
  });

  it('says how to make the key that is missing', () => {
    const closed = new SecretBox({ SECRETS_KEY: undefined });
    const missing = expect.objectContaining({
      code: 'secrets-key-missing',
      message: expect.stringContaining('openssl rand -base64 32') as unknown,
    });
    expect(() => closed.seal('sk-abc', 'd')).toThrow(missing);
    expect(() => closed.open(box.seal('sk-abc', 'd'), 'd')).toThrow(missing);
    expect(() => new SecretBox({ SECRETS_KEY_PREVIOUS: KEY }).seal('sk-abc', 'd')).toThrow(missing);
  });

  it('refuses a key of another length, without repeating it', () => {
    const short = randomBytes(31).toString('base64');
    const make = () => new SecretBox({ SECRETS_KEY: short });
    expect(make).toThrow(/SECRETS_KEY must be base64 of 32 bytes/);
    expect(make).not.toThrow(short.slice(0, 10));
  });
});
