import { apiKeyChangeSchema, apiKeyRequestSchema } from '@zerorouter/contracts';
import type { ApiKeyChange, ApiKeyRequest, ApiKeyView } from '@zerorouter/contracts';
import { changedParts, placeErrors, readForm, toNumber } from '../../forms/read-form.js';
import type { FormErrors, FormFields, ReadForm } from '../../forms/read-form.js';

/** What the form of a key holds: text as it was typed. */
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

export type KeyFormErrors = FormErrors<keyof KeyForm>;

const FIELDS: FormFields<keyof KeyForm> = [
  ['name', 'name'],
  ['scopes', 'scopes'],
  ['rate.tokens_per_minute', 'tokensPerMinute'],
  ['rate', 'requestsPerMinute'],
  ['budget.period', 'period'],
  ['budget', 'budgetUsd'],
  ['on_budget_exceeded', 'downgradeTo'],
  ['expires_at', 'expires'],
  ['policies', 'policies'],
  ['models', 'models'],
];

export function readKeyForm(form: KeyForm): ReadForm<ApiKeyRequest, keyof KeyForm> {
  const { name, scopes } = form;
  const limits = Object.entries(limitsOf(form)).filter(([, limit]) => limit !== null);
  return readForm(apiKeyRequestSchema, { name, scopes, ...Object.fromEntries(limits) }, FIELDS);
}

/** The form of a key as it is. */
export function formOfKey(key: ApiKeyView): KeyForm {
  const { rate, budget, on_budget_exceeded: then } = key;
  return {
    name: key.name,
    scopes: key.scopes,
    requestsPerMinute: String(rate?.requests_per_minute ?? ''),
    tokensPerMinute: String(rate?.tokens_per_minute ?? ''),
    budgetUsd: String(budget?.usd ?? ''),
    period: budget?.period ?? EMPTY_KEY.period,
    downgradeTo: then === 'refuse' ? '' : then.policy,
    expires: key.expires_at === null ? '' : toLocalInput(new Date(key.expires_at)),
    policies: key.policies ?? [],
    models: key.models ?? [],
  };
}

/** What was changed in the form since `before`; a limit that was emptied is taken away. */
export function readKeyChange(
  form: KeyForm,
  before: KeyForm,
): ReadForm<ApiKeyChange, keyof KeyForm> {
  const partsOf = (some: KeyForm) => ({ name: some.name, ...limitsOf(some) });
  return readForm(apiKeyChangeSchema, changedParts(partsOf(form), partsOf(before)), FIELDS);
}

/** What the gateway says of a request, at the fields that it came from. */
export const placeKeyErrors = (errors: readonly { path: string; message: string }[]) =>
  placeErrors(errors, FIELDS);

/** As the contract has them; null = not limited. */
function limitsOf(form: KeyForm) {
  const rate = {
    ...number('requests_per_minute', form.requestsPerMinute),
    ...number('tokens_per_minute', form.tokensPerMinute),
  };
  const budget = number('usd', form.budgetUsd);
  return {
    rate: Object.keys(rate).length === 0 ? null : rate,
    budget: Object.keys(budget).length === 0 ? null : { ...budget, period: form.period },
    on_budget_exceeded: form.downgradeTo === '' ? null : { policy: form.downgradeTo },
    expires_at: form.expires === '' ? null : new Date(form.expires).toISOString(),
    policies: form.policies.length === 0 ? null : form.policies,
    models: form.models.length === 0 ? null : form.models,
  };
}

const number = (name: string, typed: string) =>
  typed.trim() === '' ? {} : { [name]: toNumber(typed) };

/** `2030-01-31T12:30`, in the reader's time zone. */
function toLocalInput(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
