import { sampleQueries } from '../baselines/training-labels.js';
import { forecastNewcomers } from '../cells/newcomers.js';
import { onboardEveryWay, onboardingCurve } from '../cells/onboarding-curve.js';
import { rowOf } from '../cells/seen-models.js';
import { halves } from '../plan/halves.js';
import { standIns } from '../plan/stand-ins.js';
import type { Newcomers, OnboardedModels } from '../run/onboard-models.js';
import { onboardModels } from '../run/onboard-models.js';
import type { Fold } from './fold.js';
import type { Findings } from './settings.js';

/** Judged queries of one data set elsewhere, in the zero-shot arm. */
const MOST_ELSEWHERE = 500;

/**
 * New models on a left-out group: onboarded on anchors of the group itself, on uncalibrated anchors and
 * judged elsewhere, and on anchors of benchmarks that the space knows.
 */
export async function judgeUnseen(
  fold: Fold,
  source: number,
  queries: readonly number[],
  label: string,
  findings: Findings,
): Promise<void> {
  const { context, settings, training, seen } = fold;
  const { data } = context;
  const { headline, mostJudged, mostPool } = settings;
  const subjects = data.subjects.flatMap((subject, s) =>
    subject.source === source && (seen[s] === 0 || standIns(data, s, training, seen).length === 0)
      ? [s]
      : [],
  );
  if (subjects.length === 0) return;
  const [pool, judged] = halves(context, queries);
  if (pool.length === 0 || judged.length === 0) return;
  const local: Newcomers = {
    source,
    subjects,
    pool: sampleQueries(pool, mostPool, context.seed),
  };
  const stage = `${label}, new models`;
  const arms = await onboardEveryWay(
    context,
    stage,
    fold.spaceDir,
    local,
    ['adaptive', 'random'],
    settings.counts.filter((count) => count === 0 || count === 10 || count === headline),
  );
  const chosen = sampleQueries(judged, mostJudged, context.seed);
  const itself = { queries: chosen, as: new Map(subjects.map((s) => [s, s])) };
  const curve = await onboardingCurve(
    context,
    stage,
    fold.spaceDir,
    null,
    fold.baselines,
    local,
    arms,
    itself,
    label,
  );
  findings.curves.push({ ...curve, cell: 'unseen-ood' });

  const of = (design: string) =>
    arms.find((arm) => arm.anchors === headline && arm.design === design) ??
    arms.find((arm) => arm.anchors === headline)!;
  const headlines = { ours: of('adaptive'), random: of('random') };
  await addRow(fold, local, headlines, itself, {
    arm: `${headline} anchors from the left-out group`,
    group: label,
    stage,
    findings,
  });
  await judgeZeroShot(fold, local, headlines, label, findings);
  await judgeTransfer(fold, source, subjects, chosen, label, findings);
}

/**
 * Honest zero-shot: the anchors are from the left-out group, so that not one of them has calibrated
 * parameters, and the model is judged elsewhere, on held-out queries of the same model's other tasks.
 */
async function judgeZeroShot(
  fold: Fold,
  local: Newcomers,
  arms: { readonly ours: OnboardedModels; readonly random: OnboardedModels },
  label: string,
  findings: Findings,
): Promise<void> {
  const { context, settings, elsewhere } = fold;
  const { data } = context;
  for (const [source, { name }] of data.dataSets.entries()) {
    const as = new Map<number, number>();
    for (const s of local.subjects) {
      const { identity } = data.subjects[s]!;
      const judgeable = data.subjects.flatMap((other, t) =>
        other.source === source &&
        other.identity === identity &&
        fold.seen[t] === 0 &&
        data.answers[t]!.query.some((q) => elsewhere[q] === 1)
          ? [t]
          : [],
      );
      const target = judgeable.includes(s) ? s : judgeable[0];
      if (target !== undefined) as.set(s, target);
    }
    if (as.size === 0) continue;
    const own = data.queries.flatMap((query, q) =>
      query.source === source && elsewhere[q] === 1 ? [q] : [],
    );
    await addRow(
      fold,
      local,
      arms,
      { queries: sampleQueries(own, MOST_ELSEWHERE, context.seed), as },
      {
        arm: `zero-shot: ${settings.headline} uncalibrated anchors, judged elsewhere`,
        group: `${label} → ${name}`,
        stage: `${label} → ${name}`,
        findings,
      },
    );
  }
}

/** Anchors from what the space knows, judged on the left-out group. */
async function judgeTransfer(
  fold: Fold,
  source: number,
  subjects: readonly number[],
  judged: readonly number[],
  label: string,
  findings: Findings,
): Promise<void> {
  const { context, settings, training, spaceDir } = fold;
  const { data } = context;
  const { headline } = settings;
  const known = (s: number) =>
    data.answers[s]!.query.reduce((sum, q) => sum + (training[q] === 1 ? 1 : 0), 0);
  /** Source of the anchors → newcomer there → subject that is judged. */
  const bySource = new Map<number, Map<number, number>>();
  for (const s of subjects) {
    const { identity } = data.subjects[s]!;
    const askable = data.subjects
      .map((other, t) => ({ other, t, answers: known(t) }))
      .filter(
        ({ other, t, answers }) =>
          other.identity === identity && fold.seen[t] === 0 && answers >= headline,
      )
      .sort((a, b) => Number(b.t === s) - Number(a.t === s) || b.answers - a.answers);
    const [asked] = askable;
    if (asked === undefined) continue;
    const as = bySource.get(asked.other.source) ?? new Map<number, number>();
    if (!as.has(asked.t)) bySource.set(asked.other.source, as.set(asked.t, s));
  }
  for (const [from, as] of bySource) {
    const pool = data.queries.flatMap((query, q) =>
      query.source === from && training[q] === 1 ? [q] : [],
    );
    const newcomers: Newcomers = {
      source: from,
      subjects: [...as.keys()],
      pool: sampleQueries(pool, settings.mostPool, context.seed),
    };
    const { name } = data.dataSets[from]!;
    const stage = `${name} → ${label}`;
    const onboard = (design: 'adaptive' | 'random') =>
      onboardModels(context, stage, spaceDir, newcomers, { design, anchors: headline });
    const arms = { ours: await onboard('adaptive'), random: await onboard('random') };
    await addRow(
      fold,
      newcomers,
      arms,
      { queries: judged, as },
      {
        arm: `${headline} anchors from known benchmarks`,
        group: from === source ? label : `${name} → ${label}`,
        stage,
        findings,
      },
    );
  }
}

async function addRow(
  fold: Fold,
  newcomers: Newcomers,
  arms: { readonly ours: OnboardedModels; readonly random: OnboardedModels },
  judgement: { readonly queries: readonly number[]; readonly as: ReadonlyMap<number, number> },
  row: {
    readonly arm: string;
    readonly group: string;
    readonly stage: string;
    readonly findings: Findings;
  },
): Promise<void> {
  const { context, settings, spaceDir, paper, baselines } = fold;
  const forecasts = await forecastNewcomers(
    context,
    row.stage,
    spaceDir,
    paper,
    baselines,
    newcomers,
    arms,
    judgement,
  );
  const judged = rowOf(
    context,
    { cell: 'unseen-ood', arm: row.arm, group: row.group },
    forecasts,
    settings.draws,
  );
  if (judged !== null) row.findings.rows.push(judged);
}
