import {
  batchConstraintsSchema,
  DomainError,
  matchesGlob,
  policySelectorSchema,
} from '@zerorouter/contracts';
import type { BatchConstraintsInput, BatchQuery, PolicySelector } from '@zerorouter/contracts';
import type { BatchConstraints } from '@zerorouter/database';
import { parseRequest } from '@zerorouter/platform';

/** What holds for a batch as a whole, as its caller gave it. */
export interface BatchOptions {
  policy?: PolicySelector | undefined;
  constraints: BatchConstraintsInput;
}

/**
 * Reads the query string of an NDJSON upload, where objects travel as JSON and a capacity as `MODEL=N`.
 * @throws DomainError `invalid-request`
 */
export function readBatchQuery(query: BatchQuery): BatchOptions {
  const { policy, constraints } = query;
  const whole = constraints === undefined ? {} : parseJson('constraints', constraints);
  const single = Object.fromEntries(
    (['budget_usd', 'min_accuracy', 'max_latency_ms'] as const).flatMap((name) =>
      query[name] === undefined ? [] : [[name, toNumber(name, query[name])]],
    ),
  );
  const capacity = readCapacity([query.capacity ?? []].flat());
  return {
    policy:
      policy === undefined
        ? undefined
        : parseRequest(
            policySelectorSchema,
            policy.startsWith('{') ? parseJson('policy', policy) : policy,
          ),
    constraints: parseRequest(batchConstraintsSchema, {
      ...(whole as object),
      ...single,
      ...(capacity === null ? {} : { capacity }),
    }),
  };
}

/**
 * In the units of the optimizer.
 * @throws DomainError `unknown-model` for the capacity of a model that there is not.
 */
export function toBatchConstraints(
  { budget_usd, capacity, min_accuracy, max_latency_ms }: BatchConstraintsInput,
  models: readonly string[],
): BatchConstraints {
  const unknown = Object.keys(capacity ?? {}).filter((name) => !models.includes(name));
  if (unknown.length > 0)
    throw new DomainError(
      'unknown-model',
      `no model is called ${unknown.map((name) => `"${name}"`).join(', ')}: a capacity belongs to one model by its whole name; there are: ${models.join(', ')}`,
      {
        details: {
          errors: unknown.map((name) => ({
            path: `constraints.capacity.${name}`,
            message: hint(name, models),
          })),
        },
      },
    );
  return {
    ...(budget_usd === undefined ? {} : { budgetUsd: budget_usd }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(min_accuracy === undefined ? {} : { minMeanAccuracy: min_accuracy }),
    ...(max_latency_ms === undefined ? {} : { maxLatencyS: max_latency_ms / 1000 }),
  };
}

function hint(name: string, models: readonly string[]): string {
  const near = models.filter((model) => matchesGlob(`*${name}*`, model));
  return near.length === 0 ? 'is no model' : `is no model; do you mean ${near.join(' or ')}?`;
}

function readCapacity(entries: readonly string[]): Record<string, number> | null {
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.map((entry) => {
      const cut = entry.lastIndexOf('=');
      if (cut < 1) throw invalid('capacity', `"${entry}" is not MODEL=N`);
      return [entry.slice(0, cut), toNumber('capacity', entry.slice(cut + 1))];
    }),
  );
}

function toNumber(path: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw invalid(path, `"${text}" is not a number`);
  return value;
}

function parseJson(path: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw invalid(path, 'must be a JSON object, encoded for a URL');
}

function invalid(path: string, message: string): DomainError {
  return new DomainError('invalid-request', `the query string is not valid: ${path}: ${message}`, {
    details: { errors: [{ path, message }] },
  });
}
