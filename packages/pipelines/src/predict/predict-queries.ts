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
import type { ModelProfile, ProfilesFile } from '@zerorouter/contracts';
import { matchesGlob, profilesFileSchema } from '@zerorouter/contracts';
import type { EncoderConfig } from '@zerorouter/encoder';
import type { DomainCorrection } from '@zerorouter/latent-space';
import { correctItem, scoreModel } from '@zerorouter/latent-space';
import { BadInputError } from '../data-set/bad-input-error.js';
import type { Query } from '../data-set/queries.js';
import { readQueries } from '../data-set/queries.js';
import type { ProgressListener } from '../progress.js';
import { unpackCorrection } from '../profile/packed-correction.js';
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
  const groups = admittedProfiles(space, options.profilesFiles, options.models);
  if (!existsSync(options.queriesFile))
    throw new BadInputError(options.queriesFile, null, 'is missing');
  const queries = await readQueries(options.queriesFile);

  const target = resolve(options.outFile);
  const partial = `${target}.${process.pid}.partial`;
  mkdirSync(dirname(target), { recursive: true });
  const output = createWriteStream(partial);
  try {
    output.write('query_id,model,p,sd,output_tokens,cost_usd,latency_s\n');
    await writePredictions(space, groups, queries, encoder, onProgress, async (rows) => {
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
  const models = groups.reduce((sum, { profiles }) => sum + profiles.length, 0);
  return {
    spaceVersion: space.manifest.version,
    queries: queries.length,
    models,
    rows: queries.length * models,
  };
}

/** Texts that are predicted at a time: enough to keep every session busy, bounded in memory. */
const CHUNK = 256;

async function writePredictions(
  space: SpaceFolder,
  groups: readonly ProfileGroup[],
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
      const placed = await Promise.all(chunk.map((query) => predictor.place(query.text)));
      let rows = '';
      chunk.forEach((query, i) => {
        const { latents, embedding } = placed[i]!;
        for (const { profiles, correction } of groups) {
          const item = correction === null ? latents : correctItem(latents, embedding, correction);
          for (const profile of profiles) {
            const call = scoreModel({ ...latents, ...item }, profile);
            rows += `${csvCell(query.id)},${csvCell(profile.model)},${call.probabilityCorrect.toFixed(7)},${call.standardDeviation.toFixed(7)},${csvNumber(call.outputTokens)},${csvNumber(call.costUsd)},${csvNumber(call.latencyS)}\n`;
          }
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

/** Profiles that share a difficulty map. */
interface ProfileGroup {
  readonly profiles: readonly ModelProfile[];
  readonly correction: DomainCorrection | null;
}

/**
 * The models to predict for: those of the profiles files, or else the subjects of the space; both
 * when a glob names subjects beside files. A name in two files is refused.
 */
function admittedProfiles(
  space: SpaceFolder,
  profilesFiles: readonly string[],
  globs: readonly string[],
): ProfileGroup[] {
  const origin = new Map<string, string>();
  const groups: ProfileGroup[] = [{ profiles: space.subjects, correction: null }];
  for (const path of profilesFiles) {
    const file = readProfilesFile(path);
    if (file.spaceVersion !== space.manifest.version)
      throw new BadInputError(
        path,
        null,
        `was made in latent space ${file.spaceVersion}, not in ${space.manifest.version}; profile the models again`,
      );
    for (const { model } of file.models) {
      const other = origin.get(model);
      if (other !== undefined)
        throw new BadInputError(path, null, `model "${model}" stands in ${other} too`);
      origin.set(model, path);
    }
    groups.push({ profiles: file.models, correction: correctionOf(path, file) });
  }
  const admits = ({ model }: ModelProfile) =>
    globs.length === 0 || globs.some((glob) => matchesGlob(glob, model));
  const admitted = groups
    .map((group) => ({ ...group, profiles: group.profiles.filter(admits) }))
    .filter(({ profiles }) => profiles.length > 0);
  if (admitted.length === 0) {
    const everything = groups.flatMap(({ profiles }) => profiles);
    throw new BadInputError(
      '--models',
      null,
      `${globs.map((glob) => `"${glob}"`).join(', ')} admits none of ${everything.length} models, such as "${everything[0]!.model}"`,
    );
  }
  return admitted;
}

function correctionOf(path: string, file: ProfilesFile): DomainCorrection | null {
  if (file.domainCorrection === undefined) return null;
  try {
    return unpackCorrection(file.domainCorrection);
  } catch (error) {
    throw new BadInputError(path, null, `is damaged: ${(error as Error).message}`, error);
  }
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
