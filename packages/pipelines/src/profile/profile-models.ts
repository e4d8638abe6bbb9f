import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { AnchoredProfile, BankItem, ProfilesFile, QueryLatents } from '@zerorouter/contracts';
import type { EncoderConfig } from '@zerorouter/encoder';
import type {
  Ability,
  AnchorDesign,
  DomainCorrection,
  ItemParameters,
} from '@zerorouter/latent-space';
import {
  abilityPrior,
  correctItem,
  estimateAbility,
  estimateInputTokens,
  expectedAccuracy,
  fitDomainCorrection,
  liesAwayFromHome,
  modelSize,
  seededRandom,
} from '@zerorouter/latent-space';
import {
  BadInputError,
  queriesFile,
  readFolderModelInfo,
  readModelInfo,
  readOutcomes,
  readQueries,
  textHash,
} from '@zerorouter/data-set';
import type { ModelInfo } from '@zerorouter/data-set';
import { fitSubjectResources } from '../calibrate/subject-profiles.js';
import { answerLogTokens } from '../calibrate/merge-data-sets.js';
import type { ProgressListener } from '../progress.js';
import type { PlacedQuery } from '../query-predictor.js';
import { openQueryPredictor } from '../query-predictor.js';
import { readSpaceFolder } from '../space/space-folder.js';
import { askAnchors } from './ask-anchors.js';
import { packCorrection } from './packed-correction.js';

export interface ProfileOptions {
  spaceDir: string;
  /** Data-set folder that holds the texts. */
  dataDir: string;
  /** Outcomes of the models to be profiled. */
  outcomesFile: string;
  /** Anchors a model, at most. */
  anchors: number;
  design: AnchorDesign;
  /** Enough is asked of a model once its expected accuracy has this standard deviation. */
  targetDeviation?: number;
  /**
   * Chooses informative anchors by what they tell per unit of their expected cost ("bits per dollar"): the
   * model's prices on the estimated input and the predicted output, or their tokens where it has none.
   */
  perCost?: boolean;
  /** No query is asked of more than this share of the call's models, in (0, 1]: what everybody was asked leaks. */
  maxExposure?: number;
  seed: number;
  /** `models.json` with prices; default: the data folder's. */
  modelsInfoFile?: string;
  outputCharsFile?: string;
  outFile: string;
}

/**
 * Zero-shot onboarding from recorded answers: for each model of the outcomes file asks at most
 * `anchors` queries and estimates its ability, verbosity, cost and speed from those answers alone.
 * A query whose text is in the item bank has calibrated parameters, any other the predictor's. Where
 * the anchors are away from home, what all models of the call answered is pooled into a correction of
 * the difficulty map, which the file keeps.
 */
export async function profileModels(
  options: ProfileOptions,
  encoder: EncoderConfig,
  onProgress: ProgressListener = () => undefined,
): Promise<ProfilesFile> {
  const space = readSpaceFolder(options.spaceDir);
  const queries = await readQueries(queriesFile(options.dataDir));
  const outcomes = await readOutcomes(
    options.outcomesFile,
    queries.map((query) => query.id),
    options.outputCharsFile ?? null,
  );
  const info =
    options.modelsInfoFile === undefined
      ? readFolderModelInfo(options.dataDir)
      : readModelInfo(options.modelsInfoFile);
  if (!(options.anchors >= 0))
    throw new BadInputError('--anchors', null, `must be 0 or more, is ${options.anchors}`);
  const targetDeviation = options.targetDeviation ?? null;
  if (targetDeviation !== null && !(targetDeviation > 0))
    throw new BadInputError('--target-sd', null, `must be more than 0, is ${targetDeviation}`);

  const maxExposure = options.maxExposure ?? 1;
  if (!(maxExposure > 0 && maxExposure <= 1))
    throw new BadInputError('--max-exposure', null, `must lie in (0, 1], is ${maxExposure}`);

  const bank = new Map(space.items.map((item) => [item.hash, item]));
  const predictor = await openQueryPredictor({
    encoder,
    manifest: space.manifest,
    headOnnx: space.predictorOnnx,
  });
  const placed = new Map<number, PlacedQuery>();
  const predictAll = async (rows: readonly number[], stage: string): Promise<void> => {
    const missing = rows.filter((row) => !placed.has(row));
    let done = 0;
    await Promise.all(
      missing.map(async (row) => {
        placed.set(row, await predictor.place(queries[row]!.text));
        onProgress({ stage, done: ++done, total: missing.length });
      }),
    );
  };

  const cellsOf: number[][] = outcomes.models.map(() => []);
  outcomes.model.forEach((model, cell) => cellsOf[model]!.push(cell));
  const random = seededRandom(options.seed);
  const models: AnchoredProfile[] = [];
  let correction: ProfilesFile['domainCorrection'];
  try {
    const candidates = [...new Set(outcomes.query)].sort((a, b) => a - b);
    const known = new Map(
      candidates.map((row) => [row, bank.get(textHash(queries[row]!.text)) ?? null]),
    );
    // The bank places its own queries; only the others have to be read, but for what their answers cost.
    await predictAll(
      candidates.filter((row) => options.perCost === true || known.get(row) === null),
      'placing queries',
    );
    const itemOf = (row: number): ItemParameters => known.get(row) ?? placed.get(row)!.latents;
    const exposed = new Map<number, number>();
    const mostModels = Math.ceil(maxExposure * outcomes.models.length);
    const asked: AskedModel[] = [];
    for (const [m, model] of outcomes.models.entries()) {
      const cells = cellsOf[m]!;
      const rows = cells.map((cell) => outcomes.query[cell]!);
      const prior = abilityPrior(
        space.subjects,
        rows.flatMap((row) => known.get(row) ?? []),
        modelSize(model, info.get(model)?.size_b ?? info.get(model)?.size),
      );
      const order = askAnchors(
        rows.map(itemOf),
        prior,
        options.design,
        {
          most: options.anchors,
          targetDeviation,
          excluded: new Set(
            rows.flatMap((row, candidate) =>
              (exposed.get(row) ?? 0) >= mostModels ? [candidate] : [],
            ),
          ),
          ...(options.perCost === true
            ? { cost: rows.map((row) => askingCost(placed.get(row)!.latents, info.get(model))) }
            : {}),
        },
        random,
        (candidate) => {
          const score = outcomes.score[cells[candidate]!]!;
          return Number.isNaN(score) ? null : score;
        },
      ).asked;
      for (const candidate of order)
        exposed.set(rows[candidate]!, (exposed.get(rows[candidate]!) ?? 0) + 1);
      asked.push({ model, prior, rows, cells: order.map((candidate) => cells[candidate]!) });
      await predictAll(
        order.map((candidate) => rows[candidate]!),
        `asking ${model}`,
      );
    }

    const pooled = poolAnswers(asked, outcomes, known, placed);
    /** Asked or not, as well as it is known now. */
    const settledOf = (row: number): ItemParameters =>
      pooled === null || known.get(row) !== null
        ? itemOf(row)
        : (pooled.anchors.get(row) ??
          correctItem(placed.get(row)!.latents, placed.get(row)!.embedding, pooled.correction));
    for (const { model, prior, rows, cells } of asked) {
      const reference = rows.map(settledOf);
      const place = new Map(rows.map((row, query) => [row, query]));
      const answers = cells.flatMap((cell) => {
        const score = outcomes.score[cell]!;
        return Number.isNaN(score) ? [] : [{ query: place.get(outcomes.query[cell]!)!, score }];
      });
      const ability = estimateAbility(
        answers.map(({ query, score }) => ({ item: reference[query]!, score })),
        prior,
      );
      const accuracy = expectedAccuracy(prior, reference, answers);
      models.push({
        model,
        ability: { mean: Array.from(ability.mean), covariance: Array.from(ability.covariance) },
        ...fitSubjectResources(
          cells.map((cell) => {
            const row = outcomes.query[cell]!;
            return {
              level: placed.get(row)!.latents.logOutputTokens,
              logTokens: answerLogTokens(outcomes.outputTokens[cell]!, outcomes.outputChars[cell]!),
              inputEstimate: estimateInputTokens(queries[row]!.text),
              inputTokens: outcomes.inputTokens[cell]!,
              costUsd: outcomes.costUsd[cell]!,
              latencyS: outcomes.latencyS[cell]!,
            };
          }),
          info.get(model),
          space.manifest.lengthPrior,
        ),
        anchors: cells.map((cell) => queries[outcomes.query[cell]!]!.id),
        expectedAccuracy: {
          value: accuracy.value,
          interval: [accuracy.interval[0], accuracy.interval[1]],
        },
      });
      onProgress({ stage: 'profiling models', done: models.length, total: asked.length });
    }
    if (pooled !== null) correction = packCorrection(pooled.correction);
  } finally {
    await predictor.close();
  }
  const file: ProfilesFile = {
    format: 1,
    spaceVersion: space.manifest.version,
    design: options.design,
    seed: options.seed,
    models,
    ...(correction === undefined ? {} : { domainCorrection: correction }),
  };
  const target = resolve(options.outFile);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify(file, null, 1)}\n`);
  return file;
}

/** Expected cost of asking a query, by list prices; in tokens where there are none. Always above 0. */
function askingCost({ inputTokens, logOutputTokens }: QueryLatents, prices?: ModelInfo): number {
  const { input_price_per_mtok: input, output_price_per_mtok: output } = prices ?? {};
  const free = input === undefined || output === undefined || input + output === 0;
  // Exact to a unit that all queries share: only ratios count.
  return (free ? 1 : input) * inputTokens + (free ? 1 : output) * Math.exp(logOutputTokens);
}

/** What one model was asked: cells of the outcomes file, in order. */
interface AskedModel {
  readonly model: string;
  readonly prior: Ability;
  /** Every query that the file has an outcome for. */
  readonly rows: readonly number[];
  readonly cells: readonly number[];
}

/** Pools the answers to all anchors that were asked, and nothing else; null where the map stands. */
function poolAnswers(
  asked: readonly AskedModel[],
  outcomes: { query: ArrayLike<number>; score: ArrayLike<number> },
  known: ReadonlyMap<number, BankItem | null>,
  placed: ReadonlyMap<number, PlacedQuery>,
): { correction: DomainCorrection; anchors: Map<number, ItemParameters> } | null {
  const rows = [
    ...new Set(asked.flatMap(({ cells }) => cells.map((cell) => outcomes.query[cell]!))),
  ].sort((a, b) => a - b);
  const away = rows.filter((row) => known.get(row) === null);
  if (!liesAwayFromHome(away.length, rows.length)) return null;
  const place = new Map(away.map((row, anchor) => [row, anchor]));
  const fitted = fitDomainCorrection(
    away.map((row) => ({ item: placed.get(row)!.latents, embedding: placed.get(row)!.embedding })),
    asked.flatMap(({ cells }, model) =>
      cells.flatMap((cell) => {
        const anchor = place.get(outcomes.query[cell]!);
        const score = outcomes.score[cell]!;
        return anchor === undefined || Number.isNaN(score) ? [] : [{ model, anchor, score }];
      }),
    ),
    asked.map(({ prior }) => prior),
  );
  if (fitted === null) return null;
  return {
    correction: fitted.correction,
    anchors: new Map(away.map((row, anchor) => [row, fitted.anchors[anchor]!])),
  };
}
