import { DomainError } from '@zerorouter/contracts';
import type { SpaceManifest } from '@zerorouter/contracts';
import type {
  Batch,
  BatchChoice,
  BatchSummary,
  Database,
  StoredProfile,
} from '@zerorouter/database';
import { InfeasibleError, optimizeBulk } from '@zerorouter/optimizer';
import type { BulkAllocation, BulkConstraints, BulkInstance } from '@zerorouter/optimizer';
import { BatchForecasts } from './batch-forecasts.js';

const PAGE_ITEMS = 5_000;

type Stores = Pick<Database, 'batchWork' | 'profiles' | 'spaces'>;

/**
 * Chooses a model for every predicted item of a batch, and stores all choices together.
 * @returns false when the batch is not to be optimized (any more).
 * @throws DomainError `infeasible` when the constraints cannot be kept, `no-models`,
 *   `space-not-found`
 */
export async function optimizeBatch(stores: Stores, id: string): Promise<boolean> {
  const batch = await stores.batchWork.get(id);
  if (batch?.state !== 'optimizing') return false;
  const space = await stores.spaces.get(batch.spaceVersion);
  if (space === null)
    throw new DomainError('space-not-found', `there is no latent space "${batch.spaceVersion}"`);
  const profiles = await usableProfiles(stores, space.manifest);
  const models = profiles.map(({ profile }) => profile.model);
  const profileVersions = Object.fromEntries(
    profiles.map(({ profile, version }) => [profile.model, version]),
  );

  const { c_ref, T_ref } = space.manifest.referenceScales;
  const scales = { costUsd: c_ref, latencyS: T_ref };
  const forecasts = new BatchForecasts(
    batch,
    profiles,
    scales,
    space.manifest.guarantee,
    batch.predictedCount,
  );
  await readItems(stores, id, forecasts);
  const { instance, indices, failures } = forecasts;
  if (instance.queries === 0)
    return stores.batchWork.complete(id, failures, { ...NOTHING_CHOSEN, profileVersions });

  const preference = { weights: batch.policy.weights, scales };
  const allocation = await optimizeBulk(instance, toBulkConstraints(batch, models), preference, {
    names: { query: (i) => `item ${indices[i]}`, model: (m) => models[m]! },
  }).catch((error: unknown) => {
    throw error instanceof InfeasibleError ? inWordsOfTheApi(error, models) : error;
  });
  const choices = listChoices(instance, allocation.choice, indices, models, failures);
  return stores.batchWork.complete(id, choices, {
    ...summarize(allocation, models),
    profileVersions,
  });
}

const NOTHING_CHOSEN: Omit<BatchSummary, 'profileVersions'> = {
  method: 'none',
  expectedCorrect: 0,
  meanAccuracy: null,
  costUsd: null,
  calls: {},
  shadowPrices: {},
  gapBound: null,
};

/** Sorted by name, so that equal choices always fall the same way. @throws `no-models` */
async function usableProfiles(
  { profiles }: Stores,
  { version, dimensions }: SpaceManifest,
): Promise<StoredProfile[]> {
  const usable = (await profiles.active(version)).filter(
    ({ profile: { ability } }) => ability.mean.length === dimensions,
  );
  if (usable.length === 0)
    throw new DomainError(
      'no-models',
      `no model has an active profile in the latent space ${version} any more`,
    );
  return usable;
}

async function readItems({ batchWork }: Stores, id: string, into: BatchForecasts): Promise<void> {
  for (let after = -1; ;) {
    const items = await batchWork.predicted(id, after, PAGE_ITEMS);
    for (const item of items) into.add(item);
    if (items.length < PAGE_ITEMS) return;
    after = items.at(-1)!.index;
  }
}

/** A capacity of a model that has no profile any more bounds nothing. */
function toBulkConstraints({ constraints }: Batch, models: readonly string[]): BulkConstraints {
  const { budgetUsd, capacity, minMeanAccuracy, maxLatencyS } = constraints;
  return {
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(capacity === undefined ? {} : { capacity: models.map((name) => capacity[name] ?? null) }),
    ...(minMeanAccuracy === undefined ? {} : { minMeanAccuracy }),
    ...(maxLatencyS === undefined ? {} : { maxLatencyS }),
  };
}

function* listChoices(
  { probability, costUsd, latencyS }: BulkInstance,
  choice: Int32Array,
  indices: readonly number[],
  models: readonly string[],
  failures: readonly BatchChoice[],
): Generator<BatchChoice> {
  for (const [row, index] of indices.entries()) {
    const cell = row * models.length + choice[row]!;
    const seconds = latencyS[cell]!;
    yield {
      index,
      model: models[choice[row]!]!,
      pCorrect: probability[cell]!,
      costUsd: numberOrNull(costUsd[cell]!),
      latencyMs: numberOrNull(1000 * seconds),
    };
  }
  yield* failures;
}

function summarize(
  { method, totals, shadowPrices, gapBound, choice }: BulkAllocation,
  models: readonly string[],
): Omit<BatchSummary, 'profileVersions'> {
  const calls = new Map<string, number>();
  for (const m of choice) calls.set(models[m]!, (calls.get(models[m]!) ?? 0) + 1);
  const { budget, capacity, minAccuracy } = shadowPrices;
  return {
    method,
    ...totals,
    calls: Object.fromEntries(calls),
    shadowPrices: {
      ...(budget === undefined ? {} : { budget }),
      ...(capacity === undefined ? {} : { capacity: byModel(capacity, models) }),
      ...(minAccuracy === undefined ? {} : { minAccuracy }),
    },
    gapBound: numberOrNull(gapBound),
  };
}

/** The constraint under its name in the API, the nearest feasible value in its unit. */
function inWordsOfTheApi(error: InfeasibleError, models: readonly string[]): DomainError {
  const { constraint, nearest } = error;
  const latency = constraint === 'max_latency_s' && typeof nearest === 'number';
  return new DomainError('infeasible', error.message, {
    cause: error,
    details: {
      ...error.details,
      constraint: latency ? 'max_latency_ms' : constraint,
      nearest: latency
        ? nearest * 1000
        : Array.isArray(nearest)
          ? byModel(nearest as readonly (number | null)[], models)
          : nearest,
    },
  });
}

/** What is known of some of the models, by name. */
function byModel(
  values: readonly (number | null)[],
  models: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    values.flatMap((value, m) => (value === null ? [] : [[models[m]!, value] as const])),
  );
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
