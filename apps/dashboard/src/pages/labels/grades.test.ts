import { expect, it } from '@jest/globals';
import { describeEffect, gradeKey, toLabels } from './grades.js';

const graded = { decision_id: 'dec_1', model: 'a/"b"' };

it('sends what was graded, and not what was skipped', () => {
  const other = gradeKey({ ...graded, decision_id: 'dec_2' });
  expect(toLabels({ [gradeKey(graded)]: '0.5', [other]: '' })).toEqual([{ ...graded, score: 0.5 }]);
});

it('tells what grades have changed', () => {
  const effect = { regret_before: 0.3, regret_after: 0.1, regret_removed: 0.2, gain: 0 };
  const label = {
    ...graded,
    id: 'lbl_1',
    score: 1,
    key_id: 'key_1',
    profile_version: 2,
    created_at: '2026-01-01T00:00:00.000Z',
    effect,
  };
  const labels = [
    { ...label, created: true },
    { ...label, created: false },
  ];
  expect(describeEffect({ labels, total: effect, traffic: 40 })).toBe(
    '1 grade was learnt from. On 40 recent queries the regret expected of a decision fell by 0.2 to 0.1.',
  );
  const worse = { ...effect, regret_removed: -0.05, regret_after: 0.35 };
  expect(describeEffect({ labels, total: worse, traffic: 40 })).toMatch(/rose by 0.05 to 0.35/);
});
