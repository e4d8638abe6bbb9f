import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@zerorouter/contracts';
import type { ModelStore } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { ModelDirectory } from './model-directory.js';

type Served = Awaited<ReturnType<ModelStore['served']>>;

const sealed = (id: string, key: string | null) => ({
  id,
  baseUrl: 'https://api.example.com/v1',
  upstreamModel: 'm',
  authHeader: null,
  apiKeyHint: null,
  apiKeyCiphertext: key === null ? null : Uint8Array.from(Buffer.from(key)),
});

function harness(served: () => Served) {
  const directory = new ModelDirectory(
    { models: { served: () => Promise.resolve(served()) } },
    (bytes) => {
      const key = Buffer.from(bytes).toString();
      if (key === 'foreign') throw new DomainError('secret-unreadable', 'sealed with another key');
      return key;
    },
    createLogger('test', 'silent'),
    60_000,
  );
  const reread = async () => {
    directory.refresh();
    await directory.close();
  };
  return { directory, reread };
}

describe('ModelDirectory', () => {
  it('keeps a deployment the same object until something about it changes', async () => {
    let key = 'first';
    const { directory, reread } = harness(() => [
      {
        id: 'mdl_1',
        name: 'acme/a',
        contextWindow: null,
        prices: null,
        sealed: [sealed('dep_1', key)],
      },
    ]);
    await directory.start();
    const [before] = directory.find('acme/a')!.deployments;
    expect(before!.apiKey).toBe('first');
    await reread();
    expect(directory.find('acme/a')!.deployments[0]).toBe(before);
    key = 'second';
    await reread();
    const [after] = directory.find('acme/a')!.deployments;
    expect(after).not.toBe(before);
    expect(after!.apiKey).toBe('second');
  });

  it('leaves out what it cannot open, and a model of which nothing is left', async () => {
    const { directory, reread } = harness(() => [
      {
        id: 'mdl_1',
        name: 'acme/a',
        contextWindow: null,
        prices: null,
        sealed: [sealed('dep_1', 'foreign'), sealed('dep_2', null)],
      },
      {
        id: 'mdl_2',
        name: 'acme/b',
        contextWindow: null,
        prices: null,
        sealed: [sealed('dep_3', 'foreign')],
      },
    ]);
    await directory.start();
    await reread();
    expect(directory.find('acme/a')!.deployments.map(({ id }) => id)).toEqual(['dep_2']);
    expect(directory.find('acme/b')).toBeUndefined();
  });
});
