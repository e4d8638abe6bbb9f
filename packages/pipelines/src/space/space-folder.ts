import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BankItem, SpaceAbilities, SpaceManifest } from '@zerorouter/contracts';
import { bankItemSchema, spaceAbilitiesSchema, spaceManifestSchema } from '@zerorouter/contracts';
import type { z } from 'zod';
import { BadInputError } from '@zerorouter/data-set';

/** A latent space as a folder: what `calibrate` writes and everything else reads. */
export interface SpaceFolder {
  manifest: SpaceManifest;
  items: BankItem[];
  subjects: SpaceAbilities['subjects'];
  /** The head: window embeddings and text features → latents. */
  predictorOnnx: Uint8Array;
}

const MANIFEST = 'space.json';
const ITEMS = 'items.jsonl.gz';
const ABILITIES = 'abilities.json';
const PREDICTOR = 'predictor.onnx';

/** Names what a calibration has learnt: the space's version is `space-` and this. */
export function contentHash({
  predictorOnnx,
  items,
  subjects,
}: Omit<SpaceFolder, 'manifest'>): string {
  return hashOf(predictorOnnx, JSON.stringify(items), JSON.stringify(subjects));
}

/**
 * Reads a space folder.
 * @throws BadInputError that names the file when one is missing or damaged, or belongs to another space.
 */
export function readSpaceFolder(directory: string): SpaceFolder {
  const folder = resolve(directory);
  const file = (name: string): Buffer => {
    const path = join(folder, name);
    if (!existsSync(path))
      throw new BadInputError(path, null, 'is missing; a space folder is written by "calibrate"');
    return readFileSync(path);
  };
  const parse = <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    text: string,
    line: number | null = null,
  ): z.infer<Schema> => {
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw new BadInputError(join(folder, name), line, `is damaged: ${firstLine(error)}`, error);
    }
  };
  const manifest = parse(MANIFEST, spaceManifestSchema, file(MANIFEST).toString('utf8'));
  const abilities = file(ABILITIES).toString('utf8');
  const { subjects } = parse(ABILITIES, spaceAbilitiesSchema, abilities);
  let lines: string[];
  try {
    lines = gunzipSync(file(ITEMS)).toString('utf8').split('\n');
  } catch (error) {
    if (error instanceof BadInputError) throw error;
    throw new BadInputError(join(folder, ITEMS), null, `is damaged: ${firstLine(error)}`, error);
  }
  const items = lines.flatMap((line, index) =>
    line === '' ? [] : [parse(ITEMS, bankItemSchema, line, index + 1)],
  );
  const predictorOnnx = file(PREDICTOR);
  // As it was written: a schema may have put members in another order.
  const written = (JSON.parse(abilities) as { subjects: unknown }).subjects;
  const hash = hashOf(
    predictorOnnx,
    `[${lines.filter((line) => line !== '').join(',')}]`,
    JSON.stringify(written),
  );
  // A recalibration names its space by the earlier version and what was added to it.
  if (manifest.provenance.recalibration === undefined && manifest.version !== `space-${hash}`)
    throw new BadInputError(
      folder,
      null,
      `is damaged: ${MANIFEST} says ${manifest.version}, but the content of ${ITEMS}, ${ABILITIES} and ${PREDICTOR} is space-${hash}; copy the whole folder again, or calibrate anew`,
    );
  return { manifest, items, subjects, predictorOnnx };
}

/**
 * Writes a space folder: whole or not at all (a temporary folder beside it is renamed). An existing
 * space is replaced; any other existing folder with something in it is refused.
 */
export function writeSpaceFolder(directory: string, space: SpaceFolder): void {
  const target = resolve(directory);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  writeFileSync(join(partial, MANIFEST), json(space.manifest));
  writeFileSync(join(partial, ABILITIES), `${JSON.stringify({ subjects: space.subjects })}\n`);
  const lines = space.items.map((item) => JSON.stringify(item)).join('\n');
  writeFileSync(join(partial, ITEMS), gzipSync(lines, { level: 9 }));
  writeFileSync(join(partial, PREDICTOR), space.predictorOnnx);
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
}

/** @throws BadInputError unless `directory` can be (over)written as a space folder. */
export function checkSpaceTarget(directory: string): void {
  const target = resolve(directory);
  if (existsSync(target) && !existsSync(join(target, MANIFEST)) && !isEmpty(target))
    throw new BadInputError(directory, null, 'exists and is no latent space; choose another --out');
}

function hashOf(predictorOnnx: Uint8Array, itemsJson: string, subjectsJson: string): string {
  const hash = createHash('sha256').update(predictorOnnx).update(itemsJson).update(subjectsJson);
  return hash.digest('hex').slice(0, 12);
}

function isEmpty(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n').slice(0, 3).join(' ');
}
