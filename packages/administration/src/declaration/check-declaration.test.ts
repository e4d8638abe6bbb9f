import { describe, expect, it } from '@jest/globals';
import { declaredModelSchema } from '@zerorouter/contracts';
import { checkDeclaration } from './check-declaration.js';

const model = (i: number, value: object) => ({
  at: ['models', i],
  value: declaredModelSchema.parse(value),
});
const policy = (name: string) => ({
  at: ['policies', name],
  value: {
    name,
    policy: { weights: { accuracy: 1, cost: 0, latency: 0 }, constraints: {}, shadow: [] },
  },
});

describe('checkDeclaration', () => {
  it('finds every mistake that no entry shows alone', () => {
    const local = { base_url: 'http://127.0.0.1:11434/v1' };
    const declaration = {
      models: [
        model(0, { name: 'acme/a', deployments: [local, { base_url: 'https://u:p@a.example' }] }),
        model(2, { name: 'acme/a', deployments: [local, { ...local, upstream_model: 'acme/a' }] }),
      ],
      policies: [policy('balanced'), policy('mine')],
    };
    const found = checkDeclaration(declaration, { PROVIDER_ALLOW_PRIVATE: 'true' });
    expect(found.map(({ at, message }) => `${at.join('.')}: ${message}`)).toEqual([
      expect.stringMatching(/^models\.0\.deployments\.1\.base_url: .*a user or a password/),
      expect.stringMatching(/^models\.2\.name: "acme\/a" is declared at models\.0 already/),
      expect.stringMatching(/^models\.2\.deployments\.1: is the same as deployments\.0/),
      expect.stringMatching(/^policies\.balanced: "balanced" is a preset/),
    ]);
    const strict = checkDeclaration(declaration, { PROVIDER_ALLOW_PRIVATE: 'false' });
    expect(strict.filter(({ message }) => /PROVIDER_ALLOW_PRIVATE/.test(message))).toHaveLength(3);
  });
});
