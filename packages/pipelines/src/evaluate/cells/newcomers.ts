import type { BaselineSet, MethodForecasts } from '../baselines/baseline-set.js';
import { OURS } from '../baselines/methods.js';
import type { Labels } from '../baselines/training-labels.js';
import { labelsOf, sampleQueries } from '../baselines/training-labels.js';
import type { Newcomers, OnboardedModels } from '../run/onboard-models.js';
import { onboardModels } from '../run/onboard-models.js';
import { predictMatrix } from '../run/predict-matrix.js';
import type { RunContext } from '../run/run-context.js';
import type { JudgedModels } from './judged-models.js';
import { judgeModels } from './judged-models.js';
import { informationAnchors } from './information-anchors.js';
import type { ModelForecasts, NamedSpace } from './seen-models.js';

/** Labels that UniRoute's own paper onboards a model with. */
const MANY_LABELS = 1000;

/** Judged queries, and which subject each newcomer is judged as: itself, or itself elsewhere. */
export interface Judgement {
  readonly queries: readonly number[];
  /** Newcomer's subject number → subject number whose answers are judged. */
  readonly as: ReadonlyMap<number, number>;
}

/**
 * Our forecasts for onboarded models from one `predict` over the profiles of several arms.
 * @returns per arm queries × judged models; a newcomer without a profile in any arm is left out.
 */
export async function forecastArms(
  context: RunContext,
  stage: string,
  spaceDir: string,
  arms: readonly OnboardedModels[],
  judgement: Judgement,
): Promise<{
  newcomers: number[];
  judged: JudgedModels;
  arms: { probability: Float64Array; costUsd: Float64Array }[];
}> {
  const newcomers = [...judgement.as.keys()].filter((s) =>
    arms.every(({ models }) => models.has(s)),
  );
  const judged = judgeModels(
    context.data,
    judgement.queries,
    newcomers.map((s) => judgement.as.get(s)!),
  );
  const labels = arms.flatMap(({ models }) => newcomers.map((s) => models.get(s)!.label));
  const predicted = await predictMatrix(
    context,
    stage,
    spaceDir,
    arms.filter(({ models }) => models.size > 0).map(({ profilesFile }) => profilesFile),
    judgement.queries,
    labels,
  );
  const { length: models } = newcomers;
  const part = (matrix: Float64Array, arm: number) =>
    Float64Array.from({ length: judgement.queries.length * models }, (_, at) => {
      const [q, m] = [Math.floor(at / models), at % models];
      return matrix[q * labels.length + arm * models + m]!;
    });
  return {
    newcomers,
    judged,
    arms: arms.map((_, arm) => ({
      probability: part(predicted.probability, arm),
      costUsd: part(predicted.costUsd, arm),
    })),
  };
}

/** What each newcomer answered in an arm: all that a baseline may learn from. */
export function anchorLabels(
  context: RunContext,
  newcomers: readonly number[],
  arm: OnboardedModels,
): Labels[] {
  return newcomers.map((s) => {
    const asked = new Set(arm.models.get(s)!.anchors);
    return labelsOf(context, [s], (q) => asked.has(q));
  });
}

/** Baselines for newcomers: from the anchors of `random`, and UniRoute from many labels too. */
export async function forecastBaselines(
  context: RunContext,
  baselines: BaselineSet,
  group: Newcomers,
  newcomers: readonly number[],
  random: OnboardedModels,
  queries: readonly number[],
): Promise<MethodForecasts> {
  const population = baselines.populationMean(group.source);
  const methods = await baselines.forecastNewcomers(
    queries,
    anchorLabels(context, newcomers, random),
    population,
  );
  const many = newcomers.map((s) => {
    const pool = new Set(sampleQueries(group.pool, MANY_LABELS, context.seed));
    return labelsOf(context, [s], (q) => pool.has(q));
  });
  for (const [method, matrix] of baselines.uniRoute(queries, many, population, '-many-labels'))
    methods.set(method, matrix);
  return methods;
}

/**
 * The paper's way to onboard: the anchors with the most information at θ = 0, in its own space.
 * Every newcomer is asked the same ones.
 */
export async function onboardByInformation(
  context: RunContext,
  stage: string,
  paper: NamedSpace,
  newcomers: Newcomers,
  anchors: number,
): Promise<OnboardedModels> {
  const pool = await informationAnchors(context, paper.spaceDir, newcomers.pool, anchors);
  return onboardModels(
    context,
    stage,
    paper.spaceDir,
    { ...newcomers, pool },
    { design: 'random', anchors },
    `information-${anchors}`,
  );
}

/** Forecasts of one headline arm beside those of the baselines. */
export async function forecastNewcomers(
  context: RunContext,
  stage: string,
  spaceDir: string,
  paper: NamedSpace | null,
  baselines: BaselineSet,
  group: Newcomers,
  arms: { readonly ours: OnboardedModels; readonly random: OnboardedModels },
  judgement: Judgement,
): Promise<ModelForecasts & { newcomers: number[] }> {
  const own = await forecastArms(context, stage, spaceDir, [arms.ours], judgement);
  const { newcomers, judged } = own;
  const methods: MethodForecasts = new Map([[OURS, own.arms[0]!.probability]]);
  if (newcomers.length > 0) {
    if (paper !== null) {
      const asked = await onboardByInformation(context, stage, paper, group, arms.ours.anchors);
      const theirs = await forecastArms(context, stage, paper.spaceDir, [asked], judgement);
      // A newcomer that answered none of these anchors has no profile there: no row for the method.
      if (theirs.newcomers.length === newcomers.length)
        methods.set(paper.method, theirs.arms[0]!.probability);
    }
    const simple = await forecastBaselines(
      context,
      baselines,
      group,
      newcomers,
      arms.random,
      judgement.queries,
    );
    for (const [method, matrix] of simple) methods.set(method, matrix);
  }
  return { newcomers, judged, methods, costUsd: own.arms[0]!.costUsd };
}
