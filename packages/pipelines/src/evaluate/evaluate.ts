import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EncoderConfig } from '@zerorouter/encoder';
import { openEncoder, openMatrixKernel } from '@zerorouter/encoder';
import { unitRows } from '@zerorouter/latent-space';
import { BadInputError, readDataSets } from '@zerorouter/data-set';
import { encodeQueries } from '../encode-queries.js';
import type { ProgressListener } from '../progress.js';
import type { Cell } from './cells/cell-row.js';
import { CELLS } from './cells/cell-row.js';
import type { EvaluationData } from './evaluation-data.js';
import { evaluationData } from './evaluation-data.js';
import type { BenchmarkGroup } from './plan/benchmark-groups.js';
import { defaultGroups, groupsFromFile } from './plan/benchmark-groups.js';
import type { LeftOut } from './plan/leave-out.js';
import { leaveOut } from './plan/leave-out.js';
import { evaluateFold } from './protocol/folds.js';
import { evaluateGivenSpace } from './protocol/given-space.js';
import { evaluateHome } from './protocol/home.js';
import type { Findings } from './protocol/settings.js';
import { addFindings, noFindings, protocolSettings } from './protocol/settings.js';
import { buildReport } from './report/build-report.js';
import type { EvaluationReport } from './report/report-schema.js';
import type { RunContext } from './run/run-context.js';

export interface EvaluateOptions {
  dataDirs: readonly string[];
  /** Judges this space as it is; without it, spaces are calibrated on parts of the data. */
  spaceDir?: string;
  protocol: Cell | 'all';
  outDir: string;
  seed: number;
  /** Numbers of anchors of the onboarding curves; none = the usual ones. */
  anchors?: readonly number[];
  /** A rough look: fewer queries, draws, designs and groups, and without the paper's preset. */
  fast?: boolean;
  /** JSON file that names the benchmark groups. */
  groupsFile?: string;
}

const REPORT = 'report.json';
const PAGE = 'report.html';

/** Fewer queries than this leave nothing to hold out. */
const FEWEST_QUERIES = 60;

/**
 * Evaluates the whole method on outcome data: leaves out queries, model families and benchmark groups,
 * runs `calibrate`, `profile` and `predict` on folders that hold the rest, judges every forecast beside
 * simple methods with the same labels and encoder, and writes `report.json` and `report.html`.
 *
 * @throws BadInputError for data or options that cannot be used, before any long computation.
 */
export async function evaluateDataSets(arguments_: {
  options: EvaluateOptions;
  encoder: EncoderConfig;
  /** Where embeddings are kept between runs. */
  cacheDir?: string;
  /** Where the folders of each step go, and stay to be looked at; default: temporary, and removed. */
  workDir?: string;
  onProgress?: ProgressListener;
}): Promise<EvaluationReport> {
  const { options, onProgress = () => undefined } = arguments_;
  if (options.dataDirs.length === 0)
    throw new BadInputError('--data', null, 'is missing: name at least one data-set folder');
  checkReportTarget(options.outDir);
  const settings = protocolSettings(options.fast ?? false, options.anchors ?? []);
  const data = evaluationData(await readDataSets(options.dataDirs));
  if (data.queries.length < FEWEST_QUERIES)
    throw new BadInputError(
      options.dataDirs[0]!,
      null,
      `an evaluation needs at least ${FEWEST_QUERIES} queries, there are ${data.queries.length}`,
    );
  const named = options.groupsFile === undefined ? null : groupsFromFile(options.groupsFile, data);
  const leftOut = leaveOut(data, options.seed);

  const encoder = await openEncoder(arguments_.encoder, { sessions: availableParallelism() });
  const encoded = await encodeQueries(
    encoder,
    data.queries.map(({ text }) => text),
    arguments_.cacheDir ?? null,
    onProgress,
  ).finally(() => encoder.close());
  const workDir = arguments_.workDir ?? mkdtempSync(join(tmpdir(), 'zerorouter-evaluate-'));
  mkdirSync(workDir, { recursive: true });
  try {
    const context: RunContext = {
      data,
      encoder: arguments_.encoder,
      cacheDir: arguments_.cacheDir ?? null,
      workDir,
      seed: options.seed,
      kernel: await openMatrixKernel(),
      embeddings: unitRows(encoded.first, encoded.embeddingWidth),
      width: encoded.embeddingWidth,
      onProgress,
    };
    const asked = (cell: Cell) => options.protocol === 'all' || options.protocol === cell;
    const findings = noFindings();
    const spaces: Record<string, string> = {};
    const notes: string[] = [];
    const add = (part: { findings: Findings; spaceVersions: Record<string, string> }) => {
      addFindings(findings, part.findings);
      Object.assign(spaces, part.spaceVersions);
    };
    let groups: BenchmarkGroup[] = [];
    if (options.spaceDir !== undefined)
      add(
        await evaluateGivenSpace(context, settings, options.spaceDir, {
          id: asked('id'),
          unseen: asked('unseen'),
          ood: asked('ood'),
          unseenOod: asked('unseen-ood'),
        }),
      );
    else {
      if (asked('id') || asked('unseen'))
        add(
          await evaluateHome(context, settings, leftOut, {
            id: asked('id'),
            unseen: asked('unseen'),
          }),
        );
      if (asked('ood') || asked('unseen-ood')) {
        groups = named ?? defaultGroups(data, context.embeddings, context.width, settings.folds);
        for (const group of groups) {
          const fold = await evaluateFold(context, settings, leftOut, group, {
            ood: asked('ood'),
            unseenOod: asked('unseen-ood'),
          });
          if (fold === null)
            notes.push(`"${group.name}" is not left out: the rest is too little to learn from.`);
          else add(fold);
        }
      }
    }
    for (const cell of CELLS)
      if (asked(cell) && !findings.rows.some((row) => row.cell === cell))
        notes.push(`Nothing in the data makes up the cell "${cell}".`);
    const report = buildReport(
      {
        protocol: {
          seed: options.seed,
          cells: CELLS.filter(asked),
          anchors: [...settings.counts],
          headline: settings.headline,
          draws: settings.draws,
          fast: options.fast ?? false,
          encoder: encoder.id,
          spaces,
        },
        ...describeData(data, options.spaceDir === undefined ? leftOut : null),
        groups: groups.map(({ name, queries, benchmarks }) => ({
          name,
          queries: queries.length,
          benchmarks: [...benchmarks],
        })),
        notes,
      },
      findings,
    );
    // Loaded here alone: the other verbs and the services need no library that draws.
    const { renderReport } = await import('./report/render-report.js');
    const target = resolve(options.outDir);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, REPORT), `${JSON.stringify(report, null, 1)}\n`);
    writeFileSync(join(target, PAGE), renderReport(report));
    return report;
  } finally {
    if (arguments_.workDir === undefined) rmSync(workDir, { recursive: true, force: true });
  }
}

/** @throws BadInputError unless `directory` can be (over)written as a report. */
function checkReportTarget(directory: string): void {
  const target = resolve(directory);
  if (!existsSync(target)) return;
  const inside = statSync(target).isDirectory() ? readdirSync(target) : null;
  if (inside === null || (inside.length > 0 && !inside.includes(REPORT)))
    throw new BadInputError(directory, null, 'exists and is no report; choose another --out');
}

function describeData(
  data: EvaluationData,
  leftOut: LeftOut | null,
): Pick<EvaluationReport, 'data' | 'leftOutFamilies'> {
  return {
    data: data.dataSets.map(({ name, queries }, source) => {
      const subjects = data.subjects.flatMap((own, s) => (own.source === source ? [s] : []));
      return {
        name,
        queries: queries.length,
        models: subjects.length,
        outcomes: subjects.reduce((sum, s) => sum + data.answers[s]!.score.length, 0),
        costs: data.costBasis[source]!,
        heldOutQueries: data.queries.filter(
          (query, q) => query.source === source && leftOut?.query[q] === 1,
        ).length,
        leftOutModels: subjects
          .filter((s) => leftOut?.subject[s] === 1)
          .map((s) => data.subjects[s]!.model),
      };
    }),
    leftOutFamilies: [...(leftOut?.families ?? [])],
  };
}
