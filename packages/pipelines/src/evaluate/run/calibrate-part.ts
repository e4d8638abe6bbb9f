import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { BadInputError } from '@zerorouter/data-set';
import { calibrateDataSets } from '../../calibrate/calibrate.js';
import type { RunContext } from './run-context.js';
import { writeDataSetPart } from './write-data-set.js';

/** One latent space and what went into it. */
export interface CalibratedPart {
  readonly name: string;
  readonly spaceDir: string;
  readonly spaceVersion: string;
  /** Queries and subjects that were learnt from, by number. */
  readonly training: Uint8Array;
  readonly seen: Uint8Array;
}

/**
 * Calibrates on part of the data, through folders that hold nothing else: what is left out cannot
 * leak, because it is not there.
 *
 * @param training by query number, @param seen by subject number.
 */
export async function calibratePart(
  context: RunContext,
  name: string,
  training: Uint8Array,
  seen: Uint8Array,
  preset?: 'paper',
): Promise<CalibratedPart> {
  const folder = join(context.workDir, slug(name));
  const dataDirs = writeTrainingData(context, join(folder, 'data'), training, seen);
  if (dataDirs.length === 0)
    throw new BadInputError('--data', null, `nothing is left to learn from in "${name}"`);
  const spaceDir = join(folder, 'space');
  const { onProgress } = context;
  const manifest = await calibrateDataSets({
    dataDirs,
    options: {
      dimensions: 'auto',
      seed: context.seed,
      ...(preset === undefined ? {} : { preset }),
    },
    encoder: context.encoder,
    outDir: spaceDir,
    ...(context.cacheDir === null ? {} : { cacheDir: context.cacheDir }),
    onProgress: (progress) => onProgress({ ...progress, stage: `${name}: ${progress.stage}` }),
  });
  return { name, spaceDir, spaceVersion: manifest.version, training, seen };
}

/** The folders that a calibration may read, one per data set with anything left. */
export function writeTrainingData(
  { data }: RunContext,
  parent: string,
  training: Uint8Array,
  seen: Uint8Array,
): string[] {
  let firstQuery = 0;
  return data.dataSets.flatMap((dataSet, source) => {
    const first = firstQuery;
    firstQuery += dataSet.queries.length;
    const models = new Set(
      data.subjects.flatMap((subject, s) =>
        subject.source === source && seen[s] === 1 ? [subject.model] : [],
      ),
    );
    return (
      writeDataSetPart(
        dataSet,
        parent,
        (q) => training[first + q] === 1,
        (model) => models.has(model),
      ) ?? []
    );
  });
}

/** A name as a folder; what is lost of the name is told apart by a hash. */
export function slug(name: string): string {
  const kept = name.replace(/[^A-Za-z0-9]+/g, '-');
  if (kept.length <= LONGEST_FOLDER && /^[A-Za-z0-9 ]*$/.test(name)) return kept;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${kept.slice(0, LONGEST_FOLDER)}-${hash}`;
}

const LONGEST_FOLDER = 48;
