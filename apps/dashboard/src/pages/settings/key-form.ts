import { apiKeyRequestSchema } from '@zerorouter/contracts';
import type { ApiKeyRequest } from '@zerorouter/contracts';

/** What the form of a new key holds: text as it was typed. */
export interface KeyForm {
  name: string;
  scopes: string[];
  requestsPerMinute: string;
  tokensPerMinute: string;
  budgetUsd: string;
  period: 'hour' | 'day' | 'month';
  /** Policy to go on by once the budget is spent; empty = refuse. */
  downgradeTo: string;
  /** As an input of date and time has it, in the reader's time zone. */
  expires: string;
  policies: string[];
  models: string[];
}

export const EMPTY_KEY: KeyForm = {
  name: '',
  scopes: ['route', 'chat'],
  requestsPerMinute: '',
  tokensPerMinute: '',
  budgetUsd: '',
  period: 'month',
  downgradeTo: '',
  expires: '',
  policies: [],
  models: [],
};

export type KeyFormErrors = Partial<Record<keyof KeyForm, string>>;

/** Where each part of the request stands in the form. */
const FIELDS: readonly (readonly [path: string, field: keyof KeyForm])[] = [
  ['name', 'name'],
  ['scopes', 'scopes'],
  ['rate.requests_per_minute', 'requestsPerMinute'],
  ['rate.tokens_per_minute', 'tokensPerMinute'],
  ['budget.usd', 'budgetUsd'],
  ['expires_at', 'expires'],
  ['policies', 'policies'],
  ['models', 'models'],
];

/** The request, held to its contract; or what is wrong, field by field. */
export function readKeyForm(
  form: KeyForm,
): { request: ApiKeyRequest; errors: null } | { request: null; errors: KeyFormErrors } {
  const parsed = apiKeyRequestSchema.safeParse(toRequest(form));
  if (parsed.success) return { request: parsed.data, errors: null };
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  return { request: null, errors: placeKeyErrors(errors) };
}

/** What the contract or the gateway says of parts of the request, at the fields that they came from. */
export function placeKeyErrors(
  errors: readonly { path: string; message: string }[],
): KeyFormErrors {
  const placed: KeyFormErrors = {};
  for (const { path, message } of errors) {
    const field = FIELDS.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
    if (field !== undefined) placed[field] ??= message;
  }
  return placed;
}

function toRequest(form: KeyForm): object {
  const rate = {
    ...number('requests_per_minute', form.requestsPerMinute),
    ...number('tokens_per_minute', form.tokensPerMinute),
  };
  const budget = number('usd', form.budgetUsd);
  return {
    name: form.name,
    scopes: form.scopes,
    ...(Object.keys(rate).length === 0 ? {} : { rate }),
    ...(Object.keys(budget).length === 0 ? {} : { budget: { ...budget, period: form.period } }),
    ...(form.downgradeTo === '' ? {} : { on_budget_exceeded: { policy: form.downgradeTo } }),
    ...(form.expires === '' ? {} : { expires_at: new Date(form.expires).toISOString() }),
    ...(form.policies.length === 0 ? {} : { policies: form.policies }),
    ...(form.models.length === 0 ? {} : { models: form.models }),
  };
}

/** What is no number stays text, so that the contract refuses it. */
const number = (name: string, typed: string) => {
  if (typed.trim() === '') return {};
  const value = Number(typed);
  return { [name]: Number.isFinite(value) ? value : typed };
};
