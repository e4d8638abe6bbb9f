import { describe, expect, it } from '@jest/globals';
import { describeConfig } from './describe-config.js';
import { encoderSettings } from './encoder-settings.js';
import { loadConfig } from './load-config.js';

const DATABASE_URL = 'postgres://user:secret@db.example:5432/zerorouter';

describe('loadConfig', () => {
  it('fills in the defaults and takes an empty value for unset', () => {
    const config = loadConfig({ DATABASE_URL, REDIS_URL: '', PORT: '' });
    expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, ENCODER: 'use-lite-int8' });
    expect(config.REDIS_URL).toBeUndefined();
  });

  it('reads numbers', () => {
    expect(loadConfig({ DATABASE_URL, PORT: '0', PREDICTOR_SESSIONS: '3' })).toMatchObject({
      PORT: 0,
      PREDICTOR_SESSIONS: 3,
    });
  });

  it('names every mistake at once', () => {
    const load = () => loadConfig({ PORT: '70000', REDIS_URL: 'http://x', LOG_LEVEL: 'loud' });
    expect(load).toThrow(/DATABASE_URL is not set/);
    expect(load).toThrow(/PORT="70000"/);
    expect(load).toThrow(/REDIS_URL="http:\/\/x": must be a URL that begins with redis:\/\//);
    expect(load).toThrow(/LOG_LEVEL="loud"/);
  });

  it('keeps passwords out of its message', () => {
    const load = () => loadConfig({ DATABASE_URL: DATABASE_URL.replace('postgres:', 'mysql:') });
    expect(load).toThrow(/DATABASE_URL="mysql:\/\/…@db.example/);
    expect(load).not.toThrow(/secret/);
  });

  it('keeps keys that it cannot read out of its message', () => {
    const load = () => loadConfig({ DATABASE_URL, SECRETS_KEY: 'c2hvcnQta2V5' });
    expect(load).toThrow(/SECRETS_KEY="…"/);
    expect(load).not.toThrow(/c2hvcnQta2V5/);
  });
});

describe('describeConfig', () => {
  it('has a sentence for every variable and marks the one that must be set', () => {
    const rows = describeConfig();
    expect(rows.every((row) => row.description.length > 10)).toBe(true);
    expect(rows.filter((row) => row.required).map((row) => row.name)).toEqual(['DATABASE_URL']);
    expect(rows.find((row) => row.name === 'PORT')?.default).toBe('3000');
  });
});

describe('encoderSettings', () => {
  it('knows the default encoder by name, and takes anything else for a folder', () => {
    expect(
      encoderSettings(loadConfig({ DATABASE_URL, ENCODER_CACHE_DIR: '/var/cache/zr' })),
    ).toEqual({ kind: 'use-lite', precision: 'int8', cacheDir: '/var/cache/zr' });
    const folder = { DATABASE_URL, ENCODER: '/models/bge', ENCODER_QUERY_PREFIX: 'query: ' };
    expect(encoderSettings(loadConfig(folder))).toEqual({
      kind: 'sentence-transformers',
      directory: '/models/bge',
      pooling: 'mean',
      maxTokens: 256,
      normalize: false,
      queryPrefix: 'query: ',
    });
  });
});
