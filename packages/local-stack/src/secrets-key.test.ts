import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureSecretsKey } from './secrets-key.js';

describe('ensureSecretsKey', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-test-'));
    file = join(folder, 'secrets-key');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes a key of 32 bytes once, for its owner alone', () => {
    const key = ensureSecretsKey(file);
    expect(Buffer.from(key, 'base64').length).toBe(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(ensureSecretsKey(file)).toBe(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['secrets-key']);
    rmSync(file);
    expect(ensureSecretsKey(file)).not.toBe(key);
  });

  it.each(['', 'c2hvcnQ=', 'no key at all'])('does not replace a file that holds %j', (text) => {
    writeFileSync(file, text);
    expect(() => ensureSecretsKey(file)).toThrow(
      expect.objectContaining({ code: 'secrets_key_broken' }),
    );
  });
});
