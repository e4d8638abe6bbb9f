import { join } from 'node:path';
import { ANCHOR_DOMAINS, drawAnchors, graderSchema } from '@zerorouter/anchors';
import type { AnchorDomain } from '@zerorouter/anchors';
import { DomainError } from '@zerorouter/contracts';
import type { AnchorSetRequest } from '@zerorouter/contracts';
import { queriesFile, readQueries } from '@zerorouter/data-set';
import type { JsonObject } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import { checkDataSets } from '../spaces/data-sets.js';
import type { AnchorText } from './place-anchors.js';

/** Placing takes about a millisecond of a predictor's time for each. */
const MOST_ANCHORS = 10_000;

/** Of anchors whose answers come with a score: nothing is graded here. */
export const SCORED: JsonObject = { kind: 'score' };

/**
 * The texts and graders of a new set.
 * @param dataDir CALIBRATION_DATA_DIR, where data sets are read from.
 * @throws DomainError `invalid-request`, `unknown-data-set`, `calibrations-off`, `bad_input`
 */
export async function drawAnchorTexts(
  source: AnchorSetRequest['source'],
  dataDir: string | undefined,
): Promise<AnchorText[]> {
  switch (source.kind) {
    case 'templates':
      return drawAnchors({
        seed: source.seed,
        copies: source.copies,
        ...(source.domains === undefined ? {} : { domains: source.domains.map(knownDomain) }),
      }).map(({ id, text, domain, grader }) => ({ id, text, domain, grader: asStored(grader) }));
    case 'anchors':
      return source.anchors.map(({ id, text, domain, grader }, index) => ({
        id,
        text,
        domain,
        grader: grader === undefined ? SCORED : knownGrader(grader, index),
      }));
    case 'data-set':
      return readDataSetAnchors(source, dataDir);
  }
}

async function readDataSetAnchors(
  source: Extract<AnchorSetRequest['source'], { kind: 'data-set' }>,
  dataDir: string | undefined,
): Promise<AnchorText[]> {
  await checkDataSets(dataDir, [source.data_set]);
  // The folder exists, hence the path of the folders does.
  const queries = await readQueries(queriesFile(join(dataDir!, source.data_set)));
  const most = Math.min(source.most ?? MOST_ANCHORS, queries.length);
  if (source.most === undefined && queries.length > MOST_ANCHORS)
    throw new DomainError(
      'invalid-request',
      `the data set has ${queries.length} queries, more than the ${MOST_ANCHORS} of a set: say with "most" how many to draw`,
    );
  const drawn = seededRandom(source.seed).permutation(queries.length).subarray(0, most).sort();
  return Array.from(drawn, (row) => {
    const { id, text, benchmark } = queries[row]!;
    return { id, text, domain: benchmark === '' ? source.data_set : benchmark, grader: SCORED };
  });
}

function knownDomain(name: string): AnchorDomain {
  const domain = ANCHOR_DOMAINS.find((known) => known === name);
  if (domain === undefined)
    throw invalid('source.domains', `"${name}" is none of ${ANCHOR_DOMAINS.join(', ')}`);
  return domain;
}

function knownGrader(grader: unknown, index: number): JsonObject {
  const parsed = graderSchema.safeParse(grader);
  if (parsed.success) return asStored(parsed.data);
  const [issue] = parsed.error.issues;
  throw invalid(
    ['source.anchors', index, 'grader', ...(issue?.path ?? [])].join('.'),
    issue?.message ?? 'is no grader',
  );
}

/** As it comes back from the database: options that are not given are not there. */
function asStored(grader: object): JsonObject {
  return JSON.parse(JSON.stringify(grader)) as JsonObject;
}

function invalid(path: string, message: string): DomainError {
  return new DomainError('invalid-request', `the request is not valid: ${path}: ${message}`, {
    details: { errors: [{ path, message }] },
  });
}
