import type { AnchorDesign } from '@zerorouter/latent-space';
import { forecastFigures } from '@zerorouter/latent-space';
import type { BaselineSet } from '../baselines/baseline-set.js';
import type { Newcomers, OnboardedModels, OnboardingArm } from '../run/onboard-models.js';
import { onboardModels } from '../run/onboard-models.js';
import type { RunContext } from '../run/run-context.js';
import { atCells } from './judged-models.js';
import type { Judgement } from './newcomers.js';
import { anchorLabels, forecastArms, onboardByInformation } from './newcomers.js';
import type { NamedSpace } from './seen-models.js';

/** One point of an onboarding curve. */
export interface CurvePoint {
  /** How anchors were chosen, or the baseline that learnt from random ones. */
  readonly series: string;
  readonly anchors: number;
  readonly logLoss: number;
  readonly auc: number | null;
  /** Mean |mean forecast − mean score| over the judged queries. */
  readonly accuracyMae: number;
  /**
   * Of the accuracy that `profile` expects over its pool: mean absolute error against the models'
   * answers to the whole pool, and the share of 90% intervals that hold it. Null for baselines.
   */
  readonly expectedAccuracy: { readonly mae: number; readonly coverage: number } | null;
}

export interface OnboardingCurve {
  readonly group: string;
  readonly models: number;
  readonly queries: number;
  readonly points: readonly CurvePoint[];
}

/** The settings of the baselines that are drawn into the curves. */
const DRAWN_BASELINES = [
  'model-mean',
  'knn-20',
  'uniroute-20',
  'logistic-head',
  'shared-difficulty-50',
];

/** Runs `profile` once for every design and number of anchors; no anchors: once in all. */
export async function onboardEveryWay(
  context: RunContext,
  stage: string,
  spaceDir: string,
  newcomers: Newcomers,
  designs: readonly AnchorDesign[],
  counts: readonly number[],
): Promise<OnboardedModels[]> {
  const arms: OnboardingArm[] = counts.flatMap((anchors) =>
    (anchors === 0 ? designs.slice(0, 1) : designs).map((design) => ({ design, anchors })),
  );
  const onboarded: OnboardedModels[] = [];
  for (const arm of arms)
    onboarded.push(
      await onboardModels(
        context,
        `${stage}, ${arm.design} ${arm.anchors}`,
        spaceDir,
        newcomers,
        arm,
      ),
    );
  return onboarded;
}

/** Judges every arm, the baselines on the random anchors, and the paper's way. */
export async function onboardingCurve(
  context: RunContext,
  stage: string,
  spaceDir: string,
  paper: NamedSpace | null,
  baselines: BaselineSet,
  newcomers: Newcomers,
  arms: readonly OnboardedModels[],
  judgement: Judgement,
  group: string,
): Promise<OnboardingCurve> {
  const forecasts = await forecastArms(context, stage, spaceDir, arms, judgement);
  const { judged } = forecasts;
  const points: CurvePoint[] = [];
  const add = (
    series: string,
    anchors: number,
    matrix: Float64Array,
    expectedAccuracy: CurvePoint['expectedAccuracy'],
  ): void => {
    const { logLoss, auc, accuracyMae } = forecastFigures(judged.cells, atCells(judged, matrix));
    points.push({ series, anchors, logLoss, auc, accuracyMae, expectedAccuracy });
  };
  if (judged.cells.score.length > 0) {
    const designs = [...new Set(arms.map(({ design }) => design))];
    arms.forEach((arm, a) => {
      const expected = expectedAccuracyOf(context, newcomers, arm);
      // Nothing asked: the same for every design.
      for (const design of arm.anchors === 0 ? designs : [arm.design])
        add(design, arm.anchors, forecasts.arms[a]!.probability, expected);
    });
    for (const arm of arms) {
      if (arm.design !== 'random' && arm.anchors !== 0) continue;
      const methods = await baselines.forecastNewcomers(
        judgement.queries,
        anchorLabels(context, forecasts.newcomers, arm),
        baselines.populationMean(newcomers.source),
      );
      for (const method of DRAWN_BASELINES) {
        const matrix = methods.get(method);
        if (matrix !== undefined) add(method, arm.anchors, matrix, null);
      }
    }
    if (paper !== null)
      for (const anchors of new Set(arms.map((arm) => arm.anchors))) {
        if (anchors === 0) continue;
        const asked = await onboardByInformation(context, stage, paper, newcomers, anchors);
        const theirs = await forecastArms(context, stage, paper.spaceDir, [asked], judgement);
        if (theirs.newcomers.length !== forecasts.newcomers.length) continue;
        // Its folder held the anchors alone: what it expects is not about the whole pool.
        add('paper-preset', anchors, theirs.arms[0]!.probability, null);
      }
  }
  return {
    group,
    models: judged.cells.models,
    queries: judged.cells.queries,
    points: points.sort((a, b) =>
      a.series === b.series ? a.anchors - b.anchors : a.series < b.series ? -1 : 1,
    ),
  };
}

function expectedAccuracyOf(
  { data }: RunContext,
  { pool }: Newcomers,
  arm: OnboardedModels,
): CurvePoint['expectedAccuracy'] {
  let error = 0;
  let inside = 0;
  for (const [s, { expectedAccuracy }] of arm.models) {
    const { at, score } = data.answers[s]!;
    const scores = pool.flatMap((q) => (at.has(q) ? [score[at.get(q)!]!] : []));
    const truth = scores.reduce((sum, value) => sum + value, 0) / scores.length;
    const [low, high] = expectedAccuracy.interval;
    error += Math.abs(expectedAccuracy.value - truth) / arm.models.size;
    if (low <= truth && truth <= high) inside += 1 / arm.models.size;
  }
  return arm.models.size === 0 ? null : { mae: error, coverage: inside };
}
