import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { AnchoredProfile, ProfilesFile, QueryLatents } from '@zerorouter/contracts';
import type { EncoderConfig } from '@zerorouter/encoder';
import type { AnchorDesign } from '@zerorouter/latent-space';
import { estimateAbility, expectedAccuracy, seededRandom } from '@zerorouter/latent-space';
import { fitSubjectResources } from '../calibrate/subject-profiles.js';
import { answerLogTokens } from '../calibrate/merge-data-sets.js';
import { BadInputError } from '../data-set/bad-input-error.js';
import { queriesFile, readFolderModelInfo } from '../data-set/data-set.js';
import { readModelInfo } from '../data-set/model-info.js';
import { readOutcomes } from '../data-set/outcomes.js';
import { readQueries, textHash } from '../data-set/queries.js';
import { estimateInputTokens } from '../input-tokens.js';
import type { ProgressListener } from '../progress.js';
import { openQueryPredictor } from '../query-predictor.js';
import { readSpaceFolder } from '../space/space-folder.js';
import { abilityPrior } from './ability-prior.js';
import { askAnchors } from './ask-anchors.js';

export interface ProfileOptions {
  spaceDir: string;
  /** Data-set folder that holds the texts. */
  dataDir: string;
  /** Outcomes of the models to be profiled. */
  outcomesFile: string;
  anchors: number;
  design: AnchorDesign;
  seed: number;
  /** `models.json` with prices; default: the data folder's. */
  modelsInfoFile?: string;
  outputCharsFile?: string;
  outFile: string;
}

/**
 * Zero-shot onboarding from recorded answers: for each model of the outcomes file asks at most
 * `anchors` queries and estimates its ability, verbosity, cost and speed from those answers alone.
 * A query whose text is in the item bank has calibrated parameters, any other the predictor's.
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

  const bank = new Map(space.items.map((item) => [item.hash, item]));
  const predictor = await openQueryPredictor({
    encoder,
    manifest: space.manifest,
    headOnnx: space.predictorOnnx,
  });
  const latents = new Map<number, QueryLatents>();
  const predictAll = async (rows: readonly number[], stage: string): Promise<void> => {
    const missing = rows.filter((row) => !latents.has(row));
    let done = 0;
    await Promise.all(
      missing.map(async (row) => {
        latents.set(row, await predictor.predict(queries[row]!.text));
        onProgress({ stage, done: ++done, total: missing.length });
      }),
    );
  };

  const cellsOf: number[][] = outcomes.models.map(() => []);
  outcomes.model.forEach((model, cell) => cellsOf[model]!.push(cell));
  const random = seededRandom(options.seed);
  const models: AnchoredProfile[] = [];
  try {
    const candidates = [...new Set(outcomes.query)].sort((a, b) => a - b);
    const known = new Map(
      candidates.map((row) => [row, bank.get(textHash(queries[row]!.text)) ?? null]),
    );
    // The bank places its own queries; only the others have to be read.
    await predictAll(
      candidates.filter((row) => known.get(row) === null),
      'placing queries',
    );
    for (const [m, model] of outcomes.models.entries()) {
      const cells = cellsOf[m]!;
      const rows = cells.map((cell) => outcomes.query[cell]!);
      const items = rows.map((row) => known.get(row) ?? latents.get(row)!);
      const prior = abilityPrior(
        space.subjects,
        rows.flatMap((row) => known.get(row) ?? []),
      );
      const { asked, answers } = askAnchors(
        items,
        prior,
        options.design,
        options.anchors,
        random,
        (candidate) => {
          const score = outcomes.score[cells[candidate]!]!;
          return Number.isNaN(score) ? null : score;
        },
      );
      const ability = estimateAbility(answers, prior);
      const accuracy = expectedAccuracy(ability, answers, items);
      await predictAll(
        asked.map((candidate) => rows[candidate]!),
        `measuring ${model}`,
      );
      models.push({
        model,
        ability: { mean: Array.from(ability.mean), covariance: Array.from(ability.covariance) },
        ...fitSubjectResources(
          asked.map((candidate) => {
            const cell = cells[candidate]!;
            const row = rows[candidate]!;
            const reported = outcomes.inputTokens[cell]!;
            return {
              level: latents.get(row)!.logOutputTokens,
              logTokens: answerLogTokens(outcomes.outputTokens[cell]!, outcomes.outputChars[cell]!),
              inputTokens: Number.isNaN(reported)
                ? estimateInputTokens(queries[row]!.text)
                : reported,
              costUsd: outcomes.costUsd[cell]!,
              latencyS: outcomes.latencyS[cell]!,
            };
          }),
          info.get(model),
          space.manifest.lengthPrior,
        ),
        anchors: asked.map((candidate) => queries[rows[candidate]!]!.id),
        expectedAccuracy: {
          value: accuracy.value,
          interval: [accuracy.interval[0], accuracy.interval[1]],
        },
      });
      onProgress({ stage: 'profiling models', done: m + 1, total: outcomes.models.length });
    }
  } finally {
    await predictor.close();
  }
  const file: ProfilesFile = {
    format: 1,
    spaceVersion: space.manifest.version,
    design: options.design,
    seed: options.seed,
    models,
  };
  const target = resolve(options.outFile);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify(file, null, 1)}\n`);
  return file;
}
