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
  let time = 0;
  const predictor = {
    predict: (_space: string, text: string) => {
      if (!known.has(text)) time += 50;
      known.add(text);
      return Promise.resolve(LATENTS);
    },
  };
  // A chunk of 250 texts that nobody remembers takes 12.5 s.
  const place = () => placeAnchors(anchors, 'v1', database, predictor, () => time);
  for (const done of [250, 500])
    await expect(place()).rejects.toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining(`${done} of 600 anchors`),
    });
  const placed = await place();
  expect(placed.map(({ id }) => id)).toEqual(anchors.map(({ id }) => id));
  expect(placed[0]).toMatchObject({ text: 'Question 0?', difficulty: 0.5, discrimination: [1] });
});
