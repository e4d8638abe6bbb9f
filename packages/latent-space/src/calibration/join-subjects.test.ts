import { describe, expect, it } from '@jest/globals';
import { joinSubjects } from './join-subjects.js';

const subject = (group: number, source: number, mean: number) => ({
  group,
  source,
  ability: { mean: [mean], covariance: [0.01] },
});

describe('joinSubjects', () => {
  it('takes a source’s own level out, so that models of different sources compare', () => {
    // Source 1 reads two logits low. Model 1 answered only there, models 0 and 2 in both.
    const joint = joinSubjects(
      [
        subject(0, 0, 1),
        subject(0, 1, -1),
        subject(1, 1, -0.5),
        subject(2, 0, 0),
        subject(2, 1, -2),
      ],
      3,
      2,
    );
    expect(joint[1].mean[0]).toBeGreaterThan(joint[0].mean[0]);
    expect(joint[0].mean[0]).toBeGreaterThan(joint[2].mean[0]);
  });

  it('is surer of a model that answered under several harnesses', () => {
    const joint = joinSubjects([subject(0, 0, 1), subject(0, 1, 0.2), subject(1, 0, 0.5)], 2, 2);
    expect(joint[0].covariance[0]).toBeLessThan(joint[1].covariance[0]);
  });
});
