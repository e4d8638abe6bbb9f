import { BaselineSet } from '../baselines/baseline-set.js';
import { OURS } from '../baselines/methods.js';
import { sampleQueries } from '../baselines/training-labels.js';
import type { Judgement } from '../cells/newcomers.js';
import { anchorLabels, forecastArms, forecastNewcomers } from '../cells/newcomers.js';
import { onboardEveryWay, onboardingCurve } from '../cells/onboarding-curve.js';
import type { ModelForecasts, NamedSpace, SeenModel } from '../cells/seen-models.js';
import { forecastSeenModels, rowOf } from '../cells/seen-models.js';
import { judgeRouting, joinForecasts } from '../routing/judge-routing.js';
import type { OnboardedPool } from '../routing/onboarded-routing.js';
import { onboardedRouting } from '../routing/onboarded-routing.js';
import type { Labels } from '../baselines/training-labels.js';
import type { LeftOut } from '../plan/leave-out.js';
import { calibratePart } from '../run/calibrate-part.js';
import type { Newcomers, OnboardedModels } from '../run/onboard-models.js';
import { onboardModels } from '../run/onboard-models.js';
import type { RunContext } from '../run/run-context.js';
import type { Findings, ProtocolSettings } from './settings.js';
import { noFindings } from './settings.js';

/** Training queries on which operating points are chosen. */
const TUNING_QUERIES = 400;

/** One data set in its own domain: who is judged on what. */
export interface HomeGround {
  readonly source: number;
  /** Held-out queries, judged. */
  readonly judged: readonly number[];
  /** Training queries: operating points are chosen on some, newcomers are asked some. */
  readonly training: readonly number[];
  readonly seen: readonly SeenModel[];
  readonly newcomers: readonly number[];
}

/**
 * `id` and `unseen`: one calibration without the left-out families and the held-out queries. Seen
 * models are judged on the held-out queries; left-out ones too, after anchors among the training ones.
 */
export async function evaluateHome(
  context: RunContext,
  settings: ProtocolSettings,
  leftOut: LeftOut,
  wanted: { readonly id: boolean; readonly unseen: boolean },
): Promise<{ findings: Findings; spaceVersions: Record<string, string> }> {
  const training = leftOut.query.map((out) => 1 - out);
  const seen = leftOut.subject.map((out) => 1 - out);
  const part = await calibratePart(context, 'home', training, seen);
  const paper = settings.paper
    ? await calibratePart(context, 'home, paper preset', training, seen, 'paper')
    : null;
  const baselines = await BaselineSet.learn(context, training, seen);
  const findings = noFindings();
  for (let source = 0; source < context.data.dataSets.length; source++) {
    const ground = homeGround(context, settings, source, training, seen);
    await judgeGround(
      context,
      settings,
      { id: 'id', unseen: 'unseen' },
      wanted,
      part.spaceDir,
      paper && { method: 'paper-preset', spaceDir: paper.spaceDir },
      baselines,
      ground,
      findings,
    );
  }
  return {
    findings,
    spaceVersions: {
      home: part.spaceVersion,
      ...(paper === null ? {} : { 'home, paper preset': paper.spaceVersion }),
    },
  };
}

function homeGround(
  { data, seed }: RunContext,
  settings: ProtocolSettings,
  source: number,
  training: Uint8Array,
  seen: Uint8Array,
): HomeGround {
  const own = data.queries.flatMap((query, q) => (query.source === source ? [q] : []));
  const subjects = data.subjects.flatMap((subject, s) => (subject.source === source ? [s] : []));
  return {
    source,
    judged: sampleQueries(
      own.filter((q) => training[q] === 0),
      settings.mostJudged,
      seed,
    ),
    training: own.filter((q) => training[q] === 1),
    seen: subjects
      .filter((s) => seen[s] === 1 && data.answers[s]!.query.some((q) => training[q] === 1))
      .map((s) => ({ subject: s, names: [data.subjects[s]!.name], labels: [s] })),
    newcomers: subjects.filter((s) => seen[s] === 0),
  };
}

/** Judges one data set in a space; findings are added under the cells' names. */
export async function judgeGround(
  context: RunContext,
  settings: ProtocolSettings,
  cells: { readonly id: 'id' | 'ood'; readonly unseen: 'unseen' | 'unseen-ood' },
  wanted: { readonly id: boolean; readonly unseen: boolean },
  spaceDir: string,
  paper: NamedSpace | null,
  baselines: BaselineSet,
  ground: HomeGround,
  findings: Findings,
): Promise<void> {
  const { source, judged } = ground;
  const group = context.data.dataSets[source]!.name;
  if (judged.length === 0) return;
  const spaces = [{ method: OURS, spaceDir }, ...(paper === null ? [] : [paper])];
  let seen: ModelForecasts | null = null;
  const seenLabels = ground.seen.map(({ labels }) => baselines.labels(labels));
  if (ground.seen.length > 0) {
    const forecast = (stage: string, queries: readonly number[]) =>
      forecastSeenModels(context, `${group}, ${stage}`, spaces, baselines, queries, ground.seen);
    seen = await forecast('held-out queries', judged);
    if (wanted.id) {
      const row = rowOf(context, { cell: cells.id, arm: null, group }, seen, settings.draws);
      if (row !== null) findings.rows.push(row);
      const tuning =
        context.data.costBasis[source] === 'none'
          ? null
          : await forecast(
              'operating points',
              sampleQueries(ground.training, TUNING_QUERIES, context.seed),
            );
      const routing = await judgeRouting(
        context,
        settings,
        { cell: cells.id, group, source },
        seen,
        seenLabels,
        tuning,
      );
      if (routing !== null) findings.routing.push(routing);
    }
  }
  if (!wanted.unseen || ground.newcomers.length === 0) return;
  await judgeNewcomers(
    context,
    settings,
    cells.unseen,
    spaceDir,
    paper,
    baselines,
    ground,
    seen && { forecasts: seen, labels: seenLabels },
    findings,
  );
}

async function judgeNewcomers(
  context: RunContext,
  settings: ProtocolSettings,
  cell: 'unseen' | 'unseen-ood',
  spaceDir: string,
  paper: NamedSpace | null,
  baselines: BaselineSet,
  ground: HomeGround,
  seen: { readonly forecasts: ModelForecasts; readonly labels: readonly Labels[] } | null,
  findings: Findings,
): Promise<void> {
  const { source, judged } = ground;
  const group = context.data.dataSets[source]!.name;
  const stage = `${group}, new models`;
  const newcomers = {
    source,
    subjects: ground.newcomers,
    pool: sampleQueries(ground.training, settings.mostPool, context.seed),
  };
  const arms = await onboardEveryWay(
    context,
    stage,
    spaceDir,
    newcomers,
    settings.designs,
    settings.counts,
  );
  const judgement = { queries: judged, as: new Map(ground.newcomers.map((s) => [s, s])) };
  const curve = await onboardingCurve(
    context,
    stage,
    spaceDir,
    paper,
    baselines,
    newcomers,
    arms,
    judgement,
    group,
  );
  findings.curves.push({ ...curve, cell });
  const of = (design: string) =>
    arms.find((arm) => arm.anchors === settings.headline && arm.design === design) ??
    arms.find((arm) => arm.anchors === settings.headline)!;
  const random = of('random');
  const forecasts = await forecastNewcomers(
    context,
    stage,
    spaceDir,
    paper,
    baselines,
    newcomers,
    { ours: of('adaptive'), random },
    judgement,
  );
  const arm = `${settings.headline} anchors from the same data set`;
  const row = rowOf(context, { cell, arm, group }, forecasts, settings.draws);
  if (row !== null) findings.rows.push(row);
  if (seen === null || forecasts.newcomers.length === 0) return;
  const routing = await judgeRouting(
    context,
    settings,
    { cell, group, source },
    joinForecasts(seen.forecasts, forecasts),
    [...seen.labels, ...anchorLabels(context, forecasts.newcomers, random)],
    null,
  );
  if (routing !== null) findings.routing.push(routing);
  await judgeOnboardedRouting(
    context,
    settings,
    { cell, group, stage },
    spaceDir,
    newcomers,
    arms,
    judgement,
    seen,
    findings,
  );
}

/** Routes with the new models at every number of anchors, and with all of their answers. */
async function judgeOnboardedRouting(
  context: RunContext,
  settings: ProtocolSettings,
  { cell, group, stage }: { cell: 'unseen' | 'unseen-ood'; group: string; stage: string },
  spaceDir: string,
  newcomers: Newcomers,
  arms: readonly OnboardedModels[],
  judgement: Judgement,
  seen: { readonly forecasts: ModelForecasts; readonly labels: readonly Labels[] },
  findings: Findings,
): Promise<void> {
  if (context.data.costBasis[newcomers.source] === 'none') return;
  const labelled = await onboardModels(context, `${stage}, all labels`, spaceDir, newcomers, {
    design: 'random',
    anchors: newcomers.pool.length,
  });
  const routed = [
    ...arms.filter(({ design, anchors }) => design === 'adaptive' && anchors > 0),
    labelled,
  ];
  const own = await forecastArms(context, `${stage}, routed`, spaceDir, routed, judgement);
  if (own.newcomers.length === 0) return;
  const alone = routed.map(({ anchors }, arm) => ({
    anchors,
    forecasts: {
      judged: own.judged,
      methods: new Map([[OURS, own.arms[arm]!.probability]]),
      costUsd: own.arms[arm]!.costUsd,
    },
  }));
  const labels = anchorLabels(context, own.newcomers, labelled);
  const add = (
    pool: OnboardedPool,
    forecasts: Parameters<typeof onboardedRouting>[3],
    known: readonly Labels[],
  ) => {
    const judged = onboardedRouting(
      context,
      settings,
      { cell, group, pool },
      forecasts,
      known,
      own.newcomers,
    );
    if (judged !== null) findings.onboardedRouting.push(judged);
  };
  add('newcomers', alone, labels);
  add(
    'all',
    alone.map(({ anchors, forecasts }) => ({
      anchors,
      forecasts: joinForecasts(seen.forecasts, forecasts),
    })),
    [...seen.labels, ...labels],
  );
}
