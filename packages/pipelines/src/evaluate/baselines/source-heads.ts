import type { LogisticHeads } from '@zerorouter/latent-space';
import { fitLogisticHeads, meanLogLoss, predictLogisticHeads } from '@zerorouter/latent-space';
import type { RunContext } from '../run/run-context.js';
import { gather, sampleQueries } from './training-labels.js';

/** Precisions of the weights that are compared on a tenth of the training queries. */
const PRECISIONS = [1, 4, 16];

/** A logistic head for every seen subject of one data set. */
export interface SourceHeads {
  readonly heads: LogisticHeads;
  readonly precision: number;
  /** Column of each subject number. */
  readonly column: ReadonlyMap<number, number>;
}

/** Fits the heads of one data set; null when it has no seen subject or too few training queries. */
export async function fitSourceHeads(
  context: RunContext,
  source: number,
  training: Uint8Array,
  seen: Uint8Array,
): Promise<SourceHeads | null> {
  const { data } = context;
  const subjects = data.subjects.flatMap((subject, s) =>
    subject.source === source && seen[s] === 1 ? [s] : [],
  );
  const rows = data.queries.flatMap((query, q) =>
    query.source === source && training[q] === 1 ? [q] : [],
  );
  if (subjects.length === 0 || rows.length < 20) return null;
  const column = new Map(subjects.map((s, m) => [s, m]));
  const held = new Set(sampleQueries(rows, Math.ceil(rows.length / 10), context.seed));
  const kept = rows.filter((q) => !held.has(q));
  const judged = [...held];
  let precision = PRECISIONS[0]!;
  let least = Infinity;
  for (const candidate of PRECISIONS) {
    const heads = await fit(context, kept, subjects, candidate);
    const loss = await lossOf(context, heads, judged, subjects);
    if (loss >= least) continue;
    least = loss;
    precision = candidate;
  }
  return { heads: await fit(context, rows, subjects, precision), precision, column };
}

function cellsOn({ data }: RunContext, rows: readonly number[], subjects: readonly number[]) {
  const row: number[] = [];
  const model: number[] = [];
  const score: number[] = [];
  subjects.forEach((s, m) => {
    const answers = data.answers[s]!;
    rows.forEach((q, r) => {
      const at = answers.at.get(q);
      if (at === undefined) return;
      row.push(r);
      model.push(m);
      score.push(answers.score[at]!);
    });
  });
  return { row, model, score };
}

function fit(
  context: RunContext,
  rows: readonly number[],
  subjects: readonly number[],
  precision: number,
): Promise<LogisticHeads> {
  const cells = { rows: rows.length, models: subjects.length, ...cellsOn(context, rows, subjects) };
  return fitLogisticHeads(gather(context, rows), context.width, cells, precision, context.kernel);
}

async function lossOf(
  context: RunContext,
  heads: LogisticHeads,
  rows: readonly number[],
  subjects: readonly number[],
): Promise<number> {
  const forecasts = await predictLogisticHeads(heads, gather(context, rows), context.kernel);
  const { row, model, score } = cellsOn(context, rows, subjects);
  return meanLogLoss(
    score,
    row.map((r, c) => forecasts[r * subjects.length + model[c]!]!),
  );
}
