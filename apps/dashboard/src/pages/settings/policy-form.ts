import { policyNameSchema, policyRequestSchema } from '@zerorouter/contracts';
import type { PolicyRequest, PolicyView } from '@zerorouter/contracts';
import { placeErrors, readForm, toNumber } from '../../forms/read-form.js';
import type { FormErrors, FormFields } from '../../forms/read-form.js';

/** What the form of a policy holds: text as it was typed. */
export interface PolicyForm {
  name: string;
  accuracy: string;
  cost: string;
  latency: string;
  maxCostUsd: string;
  /** Seconds. */
  maxLatency: string;
  /** Percent. */
  minAccuracy: string;
  budgetUsd: string;
  period: 'hour' | 'day' | 'month';
  /** Of a period; empty = as many as in the last one. */
  expectedQueries: string;
}

export const NEW_POLICY: PolicyForm = {
  name: '',
  accuracy: '1',
  cost: '0.05',
  latency: '0.02',
  maxCostUsd: '',
  maxLatency: '',
  minAccuracy: '',
  budgetUsd: '',
  period: 'day',
  expectedQueries: '',
};

export type PolicyFormErrors = FormErrors<keyof PolicyForm>;

const FIELDS: FormFields<keyof PolicyForm> = [
  ['weights.cost', 'cost'],
  ['weights.latency', 'latency'],
  ['weights', 'accuracy'],
  ['constraints.max_cost_usd', 'maxCostUsd'],
  ['constraints.max_latency_ms', 'maxLatency'],
  ['constraints.min_accuracy', 'minAccuracy'],
  ['budget.expected_queries', 'expectedQueries'],
  ['budget', 'budgetUsd'],
];

/** What the gateway says of a request, at the fields that it came from. */
export const placePolicyErrors = (errors: readonly { path: string; message: string }[]) =>
  placeErrors(errors, FIELDS);

export function toPolicyForm({ name, weights, constraints, budget }: PolicyView): PolicyForm {
  const { max_cost_usd, max_latency_ms, min_accuracy } = constraints;
  return {
    name,
    accuracy: String(weights.accuracy),
    cost: String(weights.cost),
    latency: String(weights.latency),
    maxCostUsd: text(max_cost_usd),
    maxLatency: text(max_latency_ms, 1 / 1_000),
    minAccuracy: text(min_accuracy, 100),
    budgetUsd: text(budget?.usd),
    period: budget?.period ?? 'day',
    expectedQueries: text(budget?.expected_queries),
  };
}

/**
 * The policy to be stored, held to its contract; or what is wrong, field by field.
 * @param kept what the version before says beyond this form, which stays.
 */
export function readPolicyForm(
  form: PolicyForm,
  kept: Readonly<Record<string, unknown>> = {},
):
  | { name: string; request: PolicyRequest; errors: null }
  | { request: null; errors: PolicyFormErrors } {
  const name = policyNameSchema.safeParse(form.name.trim());
  const asked = {
    ...kept,
    weights: {
      accuracy: toNumber(form.accuracy),
      cost: toNumber(form.cost),
      latency: toNumber(form.latency),
    },
    constraints: {
      ...number('max_cost_usd', form.maxCostUsd),
      ...number('max_latency_ms', form.maxLatency, 1_000),
      ...number('min_accuracy', form.minAccuracy, 1 / 100),
    },
    ...(form.budgetUsd.trim() === ''
      ? {}
      : {
          budget: {
            usd: toNumber(form.budgetUsd),
            period: form.period,
            ...number('expected_queries', form.expectedQueries),
          },
        }),
  };
  const read = readForm(policyRequestSchema, asked, FIELDS);
  if (name.success && read.request !== null)
    return { name: name.data, request: read.request, errors: null };
  return {
    request: null,
    errors: {
      ...read.errors,
      ...(name.success ? {} : { name: name.error.issues[0]?.message ?? '' }),
    },
  };
}

/** Of what a policy says, all that the form has no field for and a new version may say too. */
export function keptBeyondForm(policy: PolicyView): Record<string, unknown> {
  const shown = ['weights', 'constraints', 'budget'];
  const others = Object.keys(policyRequestSchema.shape).filter((name) => !shown.includes(name));
  return Object.fromEntries(Object.entries(policy).filter(([name]) => others.includes(name)));
}

const text = (value: number | undefined, factor = 1) =>
  value === undefined ? '' : String(Number((value * factor).toPrecision(12)));

const number = (name: string, typed: string, factor = 1) => {
  if (typed.trim() === '') return {};
  const value = toNumber(typed);
  return { [name]: typeof value === 'number' ? Number((value * factor).toPrecision(12)) : value };
};
