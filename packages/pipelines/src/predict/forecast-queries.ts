import { existsSync } from 'node:fs';
import type { EncoderConfig } from '@zerorouter/encoder';
import type { Candidate } from '@zerorouter/latent-space';
import { correctItem, scoreModel } from '@zerorouter/latent-space';
import type { Query } from '@zerorouter/data-set';
import { BadInputError, readQueries } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import { openQueryPredictor } from '../query-predictor.js';
import type { SpaceFolder } from '../space/space-folder.js';
import { readSpaceFolder } from '../space/space-folder.js';
import type { ProfileGroup } from './admitted-profiles.js';
import { admittedProfiles } from './admitted-profiles.js';

export interface ForecastOptions {
  readonly spaceDir: string;
  readonly profilesFiles: readonly string[];
  readonly queriesFile: string;
  /** Globs over whole model names; none = every model. */
  readonly models: readonly string[];
}

/** What there is to forecast: every query × admitted model. */
export interface ForecastTask {
  readonly space: SpaceFolder;
  readonly queries: readonly Query[];
  readonly groups: readonly ProfileGroup[];
  /** Names, in the order in which a query's forecasts come. */
  readonly models: readonly string[];
}

export interface QueryForecasts {
  readonly query: Query;
  /** One per model of the task. */
  readonly candidates: readonly Candidate[];
}

/** @throws BadInputError when a file is missing or malformed, or no model is admitted. */
export async function readForecastTask(options: ForecastOptions): Promise<ForecastTask> {
  const space = readSpaceFolder(options.spaceDir);
  const groups = admittedProfiles(space, options.profilesFiles, options.models);
  if (!existsSync(options.queriesFile))
    throw new BadInputError(options.queriesFile, null, 'is missing');
  const queries = await readQueries(options.queriesFile);
  const models = groups.flatMap(({ profiles }) => profiles.map(({ model }) => model));
  return { space, queries, groups, models };
}

/** Texts that are predicted at a time: enough to keep every session busy, bounded in memory. */
const CHUNK = 256;

/** Forecasts every query × model of a task, some queries at a time, in their order. */
export async function* forecastQueries(
  { space, queries, groups }: ForecastTask,
  encoder: EncoderConfig,
  onProgress: ProgressListener,
): AsyncGenerator<QueryForecasts[]> {
  const predictor = await openQueryPredictor({
    encoder,
    manifest: space.manifest,
    headOnnx: space.predictorOnnx,
  });
  try {
    for (let begin = 0; begin < queries.length; begin += CHUNK) {
      const chunk = queries.slice(begin, begin + CHUNK);
      const placed = await Promise.all(chunk.map((query) => predictor.place(query.text)));
      yield chunk.map((query, i) => {
        const { latents, embedding } = placed[i]!;
        const candidates = groups.flatMap(({ profiles, correction }) => {
          const item = correction === null ? latents : correctItem(latents, embedding, correction);
          return profiles.map((profile) => scoreModel({ ...latents, ...item }, profile));
        });
        return { query, candidates };
      });
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
