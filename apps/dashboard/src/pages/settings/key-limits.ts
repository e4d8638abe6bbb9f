import type { ApiKeyView } from '@zerorouter/contracts';
import { formatCount, formatDateTime, formatUsd } from '../../format/format.js';

/** What a key is limited by, in words; nothing where it is not. */
export function limitsOfKey(key: ApiKeyView): string[] {
  const { rate, budget, spend, policies, models, on_budget_exceeded: then, expires_at } = key;
  return [
    ...(rate?.requests_per_minute === undefined
      ? []
      : [`${formatCount(rate.requests_per_minute)} requests a minute`]),
    ...(rate?.tokens_per_minute === undefined
      ? []
      : [`${formatCount(rate.tokens_per_minute)} tokens a minute`]),
    ...(budget === null
      ? []
      : [
          `${spend === null ? '' : `${formatUsd(spend.spent_usd)} of `}${formatUsd(budget.usd)} each ${budget.period}${then === 'refuse' ? '' : `, then by ${then.policy}`}`,
        ]),
    ...(policies === null ? [] : [`policies ${policies.join(', ')}`]),
    ...(models === null ? [] : [`models ${models.join(', ')}`]),
    ...(expires_at === null ? [] : [`until ${formatDateTime(expires_at)}`]),
  ];
}
