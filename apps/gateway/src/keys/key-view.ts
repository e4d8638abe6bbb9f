import type { ApiKeyView } from '@zerorouter/contracts';
import type { ApiKey, KeyLimits, KeySpend, KeySpendStore } from '@zerorouter/database';
import { windowAt } from '../budgets/budget-window.js';

/** Keys as administrators see them, with what each has spent in the period that runs. */
export async function viewKeys(
  keys: readonly ApiKey[],
  spends: Pick<KeySpendStore, 'list'>,
): Promise<ApiKeyView[]> {
  const now = Date.now();
  const windows = keys.flatMap(({ id: keyId, limits: { budget } }) =>
    budget === null ? [] : [{ keyId, ...windowAt(budget.period, now) }],
  );
  const spent = await spends.list(
    windows.map(({ keyId, period, startMs }) => ({ keyId, period, startsAt: new Date(startMs) })),
  );
  const spendOf = new Map(
    windows.map(({ keyId, endMs }, i) => [keyId, viewSpend(spent[i]!, endMs)]),
  );
  return keys.map((key) => viewKey(key, spendOf.get(key.id) ?? null));
}

function viewKey(
  { id, name, scopes, prefix, limits, expiresAt, createdAt, revokedAt }: ApiKey,
  spend: ApiKeyView['spend'],
): ApiKeyView {
  const { budget, policies, models, downgradePolicy } = limits;
  return {
    id,
    name,
    scopes,
    prefix,
    rate: viewRate(limits),
    budget,
    spend,
    policies: policies.length === 0 ? null : policies,
    models: models.length === 0 ? null : models,
    on_budget_exceeded: downgradePolicy === null ? 'refuse' : { policy: downgradePolicy },
    expires_at: expiresAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}

function viewRate({ requestsPerMinute, tokensPerMinute }: KeyLimits): ApiKeyView['rate'] {
  if (requestsPerMinute === null && tokensPerMinute === null) return null;
  return {
    ...(requestsPerMinute === null ? {} : { requests_per_minute: requestsPerMinute }),
    ...(tokensPerMinute === null ? {} : { tokens_per_minute: tokensPerMinute }),
  };
}

const viewSpend = ({ spentUsd, reservedUsd }: KeySpend, endMs: number): ApiKeyView['spend'] => ({
  spent_usd: spentUsd,
  reserved_usd: reservedUsd,
  period_ends_at: new Date(endMs).toISOString(),
});
