import { BaselineSet } from '../baselines/baseline-set.js';
import { OURS } from '../baselines/methods.js';
import { sampleQueries } from '../baselines/training-labels.js';
import type { SeenModel } from '../cells/seen-models.js';
import { forecastSeenModels, rowOf } from '../cells/seen-models.js';
import type { BenchmarkGroup } from '../plan/benchmark-groups.js';
import { excludedWith } from '../plan/benchmark-groups.js';
import type { LeftOut } from '../plan/leave-out.js';
import { standIns } from '../plan/stand-ins.js';
import { judgeRouting } from '../routing/judge-routing.js';
import { calibratePart } from '../run/calibrate-part.js';
import type { RunContext } from '../run/run-context.js';
import type { Fold } from './fold.js';
import { judgeUnseen } from './fold-newcomers.js';
import type { Findings, ProtocolSettings } from './settings.js';
import { noFindings } from './settings.js';

/** Fewer training queries than this cannot be calibrated on. */
const FEWEST_TRAINING = 60;

/**
 * `ood` and `unseen-ood`: one calibration without a benchmark group, the left-out families and the
 * held-out queries. Null when the other groups leave too little to learn from.
 */
export async function evaluateFold(
  context: RunContext,
  settings: ProtocolSettings,
  leftOut: LeftOut,
  group: BenchmarkGroup,
  wanted: { readonly ood: boolean; readonly unseenOod: boolean },
): Promise<{ findings: Findings; spaceVersions: Record<string, string> } | null> {
  const { data } = context;
  const excluded = excludedWith(group, data);
  const training = excluded.map((out, q) => (out === 1 || leftOut.query[q] === 1 ? 0 : 1));
  const seen = leftOut.subject.map((out) => 1 - out);
  if (training.reduce((sum, kept) => sum + kept, 0) < FEWEST_TRAINING) return null;
  const name = `without ${group.name}`;
  const part = await calibratePart(context, name, training, seen);
  const paper = settings.paper
    ? await calibratePart(context, `${name}, paper preset`, training, seen, 'paper')
    : null;
  const fold: Fold = {
    context,
    settings,
    group,
    spaceDir: part.spaceDir,
    paper: paper && { method: 'paper-preset', spaceDir: paper.spaceDir },
    baselines: await BaselineSet.learn(context, training, seen),
    training,
    seen,
    elsewhere: excluded.map((out, q) => (out === 0 && leftOut.query[q] === 1 ? 1 : 0)),
  };
  const findings = noFindings();
  const sources = [...new Set(Array.from(group.queries, (q) => data.queries[q]!.source))];
  for (const source of sources) {
    const queries = Array.from(group.queries).filter((q) => data.queries[q]!.source === source);
    const label =
      sources.length === 1 ? group.name : `${group.name} (${data.dataSets[source]!.name})`;
    if (wanted.ood) await judgeSeen(fold, source, queries, label, findings);
    if (wanted.unseenOod) await judgeUnseen(fold, source, queries, label, findings);
  }
  return {
    findings,
    spaceVersions: {
      [name]: part.spaceVersion,
      ...(paper === null ? {} : { [`${name}, paper preset`]: paper.spaceVersion }),
    },
  };
}

/** Known models on the left-out group; those that nobody stands for are judged as new ones. */
async function judgeSeen(
  fold: Fold,
  source: number,
  queries: readonly number[],
  label: string,
  findings: Findings,
): Promise<void> {
  const { context, settings, training, seen, baselines } = fold;
  const { data } = context;
  const models: SeenModel[] = data.subjects.flatMap((subject, s) => {
    if (subject.source !== source || seen[s] !== 1) return [];
    const labels = standIns(data, s, training, seen);
    const names = labels.map((other) => data.subjects[other]!.name);
    return labels.length === 0 ? [] : [{ subject: s, names, labels }];
  });
  if (models.length === 0) return;
  const forecasts = await forecastSeenModels(
    context,
    label,
    [{ method: OURS, spaceDir: fold.spaceDir }, ...(fold.paper === null ? [] : [fold.paper])],
    baselines,
    sampleQueries(queries, settings.mostJudged, context.seed),
    models,
  );
  const row = rowOf(context, { cell: 'ood', arm: null, group: label }, forecasts, settings.draws);
  if (row !== null) findings.rows.push(row);
  const routing = await judgeRouting(
    context,
    settings,
    { cell: 'ood', group: label, source },
    forecasts,
    models.map(({ labels }) => baselines.labels(labels)),
    null,
  );
  if (routing !== null) findings.routing.push(routing);
}
