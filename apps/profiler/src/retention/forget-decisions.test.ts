import { expect, it } from '@jest/globals';
import { forgetDecisions } from './forget-decisions.js';

it('goes on until none is left that is old enough', async () => {
  let left = 4_500;
  const asked: number[] = [];
  await forgetDecisions(
    {
      deleteOlderThan: (ageMs, limit) => {
        asked.push(ageMs);
        const deleted = Math.min(left, limit);
        left -= deleted;
        return Promise.resolve(deleted);
      },
    },
    7,
  );
  expect(left).toBe(0);
  expect(asked).toEqual([7, 7, 7]);
});
