import type { BatchQuery } from '@zerorouter/contracts';

/** What the form of a new batch holds: text as it was typed. */
export interface BatchForm {
  /** Name of a policy; empty = by the dial. */
  policy: string;
  /** 0 cheapest, 1 most accurate. */
  dial: number;
  budgetUsd: string;
  /** Percent. */
  minAccuracy: string;
  /** Seconds. */
  maxLatency: string;
  capacity: { model: string; most: string }[];
}

export const EMPTY_BATCH: BatchForm = {
  policy: '',
  dial: 0.5,
  budgetUsd: '',
  minAccuracy: '',
  maxLatency: '',
  capacity: [],
};

export type BatchFormErrors = Partial<
  Record<'budgetUsd' | 'minAccuracy' | 'maxLatency' | 'capacity', string>
>;

/** The query string of the upload; or what is wrong, field by field. */
export function readBatchForm(
  form: BatchForm,
): { query: BatchQuery; errors: null } | { query: null; errors: BatchFormErrors } {
  const errors: BatchFormErrors = {};
  const number = (field: 'budgetUsd' | 'minAccuracy' | 'maxLatency', rule: Rule) => {
    const text = form[field].trim();
    if (text === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && rule.holds(value)) return value;
    errors[field] = rule.says;
    return undefined;
  };
  const budget = number('budgetUsd', {
    holds: (usd) => usd >= 0,
    says: 'An amount of USD, 0 or more',
  });
  const accuracy = number('minAccuracy', {
    holds: (percent) => percent >= 0 && percent <= 100,
    says: 'A percentage from 0 to 100',
  });
  const latency = number('maxLatency', { holds: (s) => s > 0, says: 'Seconds, more than 0' });
  const rows = form.capacity.filter(({ model, most }) => model !== '' || most.trim() !== '');
  if (rows.some(({ model, most }) => model === '' || !/^\d+$/.test(most.trim())))
    errors.capacity = 'Each row needs a model and a whole number of calls';
  else if (new Set(rows.map(({ model }) => model)).size < rows.length)
    errors.capacity = 'A model stands in two rows';
  if (Object.keys(errors).length > 0) return { query: null, errors };
  return {
    errors: null,
    query: {
      policy: form.policy === '' ? JSON.stringify({ dial: form.dial }) : form.policy,
      ...(budget === undefined ? {} : { budget_usd: String(budget) }),
      ...(accuracy === undefined ? {} : { min_accuracy: String(accuracy / 100) }),
      ...(latency === undefined ? {} : { max_latency_ms: String(latency * 1_000) }),
      ...(rows.length === 0
        ? {}
        : { capacity: rows.map(({ model, most }) => `${model}=${most.trim()}`) }),
    },
  };
}

interface Rule {
  holds: (value: number) => boolean;
  says: string;
}

/** As it stands behind the path: a list is a repeated name. */
export function toSearch(query: BatchQuery): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of [value ?? []].flat()) search.append(name, each);
  return search.toString();
}
