import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { QueryLatents } from '@zerorouter/contracts';
import { placeAnchors } from './place-anchors.js';

const LATENTS: QueryLatents = {
  discrimination: [1],
  difficulty: 0.5,
  difficultyVariance: 0.1,
  logOutputTokens: 4,
  inputTokens: 10,
  familiarity: 1,
};
const anchors = Array.from({ length: 600 }, (_, i) => ({
  id: `a${i}`,
  text: `Question ${i}?`,
  domain: 'general',
  grader: { kind: 'score' },
}));
const database = { spaces: { findItems: () => Promise.resolve([]) } };

it('lets nobody wait without end, and goes on where it was when asked again', async () => {
  const known = new Set<string>();
  const predictor = {
    predict: async (_space: string, text: string) => {
      if (!known.has(text)) await sleep(20);
      known.add(text);
      return LATENTS;
    },
  };
  const place = () => placeAnchors(anchors, 'v1', database, predictor, 10);
  for (const done of [250, 500])
    await expect(place()).rejects.toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining(`${done} of 600 anchors`),
    });
  const placed = await place();
  expect(placed.map(({ id }) => id)).toEqual(anchors.map(({ id }) => id));
  expect(placed[0]).toMatchObject({ text: 'Question 0?', difficulty: 0.5, discrimination: [1] });
});
