import { describe, expect, it } from '@jest/globals';
import type { StoredProfile } from '@zerorouter/database';
import { arrangeProfiles } from './snapshot.js';

function stored(model: string, dimensions: number): StoredProfile {
  return {
    id: model,
    profile: {
      model,
      ability: {
        mean: new Array<number>(dimensions).fill(0),
        covariance: new Array<number>(dimensions ** 2).fill(0),
      },
      length: null,
      cost: null,
      latency: null,
    },
    spaceVersion: 's1',
    state: 'active',
    version: 1,
    contextWindow: null,
    capabilities: [],
    stateReason: null,
    deployments: 0,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
}

describe('arrangeProfiles', () => {
  it('sorts by name and parts what has other dimensions', () => {
    const { usable, unusable } = arrangeProfiles(
      [stored('b', 2), stored('c', 3), stored('a', 2)],
      2,
    );
    expect(usable.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(unusable.map(({ id }) => id)).toEqual(['c']);
  });
});
