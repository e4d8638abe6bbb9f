import { describe, expect, it } from '@jest/globals';
import { hashApiKey } from '@zerorouter/platform';
import { storedKey } from '../../test/stored-key.js';
import { KeyRing } from './key-ring.js';

const stored = storedKey();

function harness() {
  const asked: string[] = [];
  const keys = new Map([[hashApiKey('zr_good'), stored]]);
  const ring = new KeyRing({
    findByHash: (hash) => {
      asked.push(hash);
      return Promise.resolve(keys.get(hash) ?? null);
    },
  });
  return { asked, keys, ring };
}

describe('KeyRing', () => {
  it('asks by hash, once for a key that it knows or knows not', async () => {
    const { asked, ring } = harness();
    for (const key of ['zr_good', 'zr_good', 'zr_bad', 'zr_bad'])
      expect(await ring.find(key)).toEqual(key === 'zr_good' ? stored : undefined);
    expect(asked).toEqual([hashApiKey('zr_good'), hashApiKey('zr_bad')]);
  });

  it('sees a revocation as soon as it is told of one', async () => {
    const { keys, ring } = harness();
    await ring.find('zr_good');
    keys.clear();
    expect(await ring.find('zr_good')).toEqual(stored);
    ring.forgetAll();
    expect(await ring.find('zr_good')).toBeUndefined();
  });

  it('does not remember what it read before it was told of a change', async () => {
    const { asked, ring } = harness();
    const reading = ring.find('zr_good');
    ring.forgetAll();
    expect(await reading).toEqual(stored);
    await ring.find('zr_good');
    expect(asked).toHaveLength(2);
  });
});
