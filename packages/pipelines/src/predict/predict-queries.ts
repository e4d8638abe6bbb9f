import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ModelProfile } from '@zerorouter/contracts';
import { matchesGlob, profilesFileSchema } from '@zerorouter/contracts';
import type { EncoderConfig } from '@zerorouter/encoder';
import { scoreModel } from '@zerorouter/latent-space';
import { BadInputError } from '../data-set/bad-input-error.js';
import type { Query } from '../data-set/queries.js';
import { readQueries } from '../data-set/queries.js';
import type { ProgressListener } from '../progress.js';
import { openQueryPredictor } from '../query-predictor.js';
import type { SpaceFolder } from '../space/space-folder.js';
import { readSpaceFolder } from '../space/space-folder.js';

export interface PredictOptions {
  spaceDir: string;
  profilesFiles: readonly string[];
  queriesFile: string;
  /** Globs over whole model names; none = every model. */
  models: readonly string[];
  outFile: string;
}

export interface PredictSummary {
  spaceVersion: string;
  queries: number;
  models: number;
  rows: number;
}

/** Forecasts every query × admitted model and writes the predictions as CSV. */
export async function predictToFile(
  options: PredictOptions,
  encoder: EncoderConfig,
  onProgress: ProgressListener = () => undefined,
): Promise<PredictSummary> {
  const space = readSpaceFolder(options.spaceDir);
  const profiles = admittedProfiles(space, options.profilesFiles, options.models);
  if (!existsSync(options.queriesFile))
    throw new BadInputError(options.queriesFile, null, 'is missing');
  const queries = await readQueries(options.queriesFile);

  const target = resolve(options.outFile);
  const partial = `${target}.${process.pid}.partial`;
  mkdirSync(dirname(target), { recursive: true });
  const output = createWriteStream(partial);
  try {
    output.write('query_id,model,p,sd,output_tokens,cost_usd,latency_s\n');
    await writePredictions(space, profiles, queries, encoder, onProgress, async (rows) => {
      if (!output.write(rows)) await once(output, 'drain');
    });
    output.end();
    await once(output, 'finish');
    renameSync(partial, target);
  } catch (error) {
    output.destroy();
    rmSync(partial, { force: true });
    throw error;
  }
  return {
    spaceVersion: space.manifest.version,
    queries: queries.length,
    models: profiles.length,
    rows: queries.length * profiles.length,
  };
}

/** Texts that are predicted at a time: enough to keep every session busy, bounded in memory. */
const CHUNK = 256;

async function writePredictions(
  space: SpaceFolder,
  profiles: readonly ModelProfile[],
  queries: readonly Query[],
  encoder: EncoderConfig,
  onProgress: ProgressListener,
  write: (rows: string) => Promise<void>,
): Promise<void> {
  const predictor = await openQueryPredictor({
    encoder,
    manifest: space.manifest,
    headOnnx: space.predictorOnnx,
  });
  try {
    for (let begin = 0; begin < queries.length; begin += CHUNK) {
      const chunk = queries.slice(begin, begin + CHUNK);
      const latents = await Promise.all(chunk.map((query) => predictor.predict(query.text)));
      let rows = '';
      chunk.forEach((query, i) => {
        for (const profile of profiles) {
          const call = scoreModel(latents[i]!, profile);
          rows += `${csvCell(query.id)},${csvCell(profile.model)},${call.probabilityCorrect.toFixed(7)},${call.standardDeviation.toFixed(7)},${csvNumber(call.outputTokens)},${csvNumber(call.costUsd)},${csvNumber(call.latencyS)}\n`;
        }
      });
      await write(rows);
      onProgress({
        stage: 'predicting',
        done: Math.min(queries.length, begin + CHUNK),
        total: queries.length,
      });
    }
  } finally {
    await predictor.close();
  }
}

/**
 * The models to predict for: those of the profiles files, or else the subjects of the space; both
 * when a glob names subjects beside files. A name in two files is refused.
 */
function admittedProfiles(
  space: SpaceFolder,
  profilesFiles: readonly string[],
  globs: readonly string[],
): ModelProfile[] {
  const origin = new Map<string, string>();
  const onboarded: ModelProfile[] = [];
  for (const path of profilesFiles) {
    const file = readProfilesFile(path);
    if (file.spaceVersion !== space.manifest.version)
      throw new BadInputError(
        path,
        null,
        `was made in latent space ${file.spaceVersion}, not in ${space.manifest.version}; profile the models again`,
      );
    for (const profile of file.models) {
      const other = origin.get(profile.model);
      if (other !== undefined)
        throw new BadInputError(path, null, `model "${profile.model}" stands in ${other} too`);
      origin.set(profile.model, path);
      onboarded.push(profile);
    }
  }
  const everything = [...space.subjects, ...onboarded];
  const admitted = everything.filter(
    ({ model }) => globs.length === 0 || globs.some((glob) => matchesGlob(glob, model)),
  );
  if (admitted.length === 0)
    throw new BadInputError(
      '--models',
      null,
      `${globs.map((glob) => `"${glob}"`).join(', ')} admits none of ${everything.length} models, such as "${everything[0]!.model}"`,
    );
  return admitted;
}

function readProfilesFile(path: string) {
  let value: unknown;
  try {
    const bytes = readFileSync(path);
    value = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new BadInputError(path, null, `cannot be read: ${(error as Error).message}`, error);
  }
  const parsed = profilesFileSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new BadInputError(path, null, `${issue.path.join('.')}: ${issue.message}`);
  }
  return parsed.data;
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Blank where unknown; otherwise seven significant digits, never in exponent form. */
function csvNumber(value: number | null): string {
  if (value === null) return '';
  const digits = value === 0 ? 1 : 7 - 1 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(20, Math.max(0, digits)));
}
