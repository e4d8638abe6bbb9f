import { describe, expect, it } from '@jest/globals';
import { OURS } from '../baselines/methods.js';
import { judgeModels } from '../cells/judged-models.js';
import type { EvaluationData, SubjectAnswers } from '../evaluation-data.js';
import type { ProtocolSettings } from '../protocol/settings.js';
import type { RunContext } from '../run/run-context.js';
import { onboardedRouting } from './onboarded-routing.js';

/** Ten times: a query for each, one that only the dear model solves, one that only the cheap one does. */
const QUERIES = Array.from({ length: 40 }, (_, q) => q);
const SCORES = { dear: [1, 1, 1, 0], cheap: [1, 0, 0, 1] };

const answers = (scores: number[], cost: number | null): SubjectAnswers => ({
  query: Int32Array.from(QUERIES),
  score: Float64Array.from(QUERIES, (q) => scores[q % 4]!),
  costUsd: new Float64Array(40).fill(cost ?? NaN),
  at: new Map(QUERIES.map((q) => [q, q])),
});

function world(cost: number | null) {
  const data = {
    queries: QUERIES.map(() => ({ benchmark: 'all' })),
    subjects: [{ name: 'dear' }, { name: 'cheap' }],
    answers: [answers(SCORES.dear, cost), answers(SCORES.cheap, 1)],
    costBasis: ['recorded'],
  } as unknown as EvaluationData;
  const judged = judgeModels(data, QUERIES, [0, 1]);
  const labels = [SCORES.dear, SCORES.cheap].map((scores, m) => ({
    query: Int32Array.from(QUERIES),
    score: Float64Array.from(QUERIES, (q) => scores[q % 4]!),
    meanCostUsd: [cost ?? NaN, 1][m]!,
  }));
  const arm = (anchors: number, believed: (q: number) => [number, number], dear: number) => ({
    anchors,
    forecasts: {
      judged,
      methods: new Map([[OURS, Float64Array.from(QUERIES.flatMap(believed))]]),
      costUsd: Float64Array.from(QUERIES.flatMap(() => [dear, 1])),
    },
  });
  return onboardedRouting(
    { data, seed: 1 } as RunContext,
    { draws: 100 } as ProtocolSettings,
    { cell: 'unseen', group: 'small', pool: 'newcomers' },
    [
      arm(20, () => [0.75, 0.5], 8),
      arm(50, (q) => [[0.9, 0.9, 0.6, 0.1][q % 4]!, [0.8, 0.1, 0.5, 0.9][q % 4]!], 4),
      arm(40, (q) => [[0.9, 0.8, 0.9, 0.1][q % 4]!, [0.9, 0.1, 0.1, 0.9][q % 4]!], 4),
    ],
    labels,
    [0],
  );
}

describe('onboardedRouting', () => {
  it('sets what a few anchors gain against what all labels do', () => {
    const routing = world(4)!;
    // From (1, ½) to (4, ¾); with all labels by way of (2.5, 1), where it stays.
    expect(routing).toMatchObject({
      ...{ queries: 40, models: 2, newcomers: 1 },
      mixedAiq: expect.closeTo(0.625, 12),
      labelled: { labels: 40, aiq: expect.closeTo((0.75 * 1.5 + 1.5) / 3, 12) },
    });
    const [few, more] = routing.points;
    // Means alone: no better than the mixture, and the dear model is taken for twice as dear.
    expect(few).toMatchObject({ anchors: 20, gainShare: expect.closeTo(0, 12), costRatio: 2 });
    expect(few!.difference).toBeCloseTo(0.625 - 0.875, 12);
    expect(few!.interval![1]).toBeLessThan(0);
    // Takes the first query of four for as worthwhile as the third: by (1.75, ¾) and (3.25, 1).
    expect(more).toMatchObject({ anchors: 50, gainShare: expect.closeTo(0.875, 12), costRatio: 1 });
    expect(more!.difference).toBeCloseTo(-0.03125, 12);
  });

  it('judges nothing where costs are not known', () => {
    expect(world(null)).toBeNull();
  });
});
