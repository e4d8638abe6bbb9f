import { describe, expect, it } from '@jest/globals';
import { anchorsDigest, drawStarterAnchors, STARTER_BANK } from './seed-anchors.js';

describe('STARTER_BANK', () => {
  it('is the digest of the starter anchors: put the new one there when they have changed', async () => {
    expect(STARTER_BANK).toBe(anchorsDigest(await drawStarterAnchors()));
  });
});
