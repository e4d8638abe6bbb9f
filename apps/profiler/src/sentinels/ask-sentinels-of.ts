import { DomainError, onboardingLimitsSchema } from '@zerorouter/contracts';
import type { Database, SentinelSlot, StoredModel } from '@zerorouter/database';
import type { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import { AnchorAsker } from '../onboardings/ask-anchors.js';
import { openDeployments } from '../onboardings/open-deployments.js';
import { SpendCap } from '../onboardings/spend-cap.js';
import type { PlacedAnchor } from './choose-sentinels.js';

/** An anchor that has been answered, and its grade. */
export interface SentinelAnswer {
  readonly anchor: PlacedAnchor;
  readonly score: number;
}

export interface SentinelCalls {
  readonly database: Database;
  readonly network: ProviderNetwork;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly key: SentinelSlot;
  /** USD that the run may cost, and has cost in earlier tries. */
  readonly cap: { readonly usd: number; readonly spentUsd: number };
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** As the onboarding asks, which the profile comes from: the same length and patience. */
const { max_tokens: MAX_TOKENS, timeout_ms: TIMEOUT_MS } = onboardingLimitsSchema.parse({});

/**
 * Asks a model some anchors, one after the other, until the cap holds the next one back. What fails to come says
 * nothing of the ability: it is left out.
 * @throws DomainError `no-deployment`, `prices-unknown`, `deployment-unusable`; what the store throws; when `signal` aborts.
 */
export async function askSentinelsOf(
  model: StoredModel,
  anchors: readonly PlacedAnchor[],
  { database, network, secrets, key, cap, random, signal }: SentinelCalls,
): Promise<SentinelAnswer[]> {
  const { prices } = model;
  if (prices === null)
    throw new DomainError('prices-unknown', `${model.name} has no prices: a cap cannot be kept`);
  const asker = new AnchorAsker(
    {
      onboardingId: '',
      deployments: await openDeployments(database, secrets, model),
      maxTokens: MAX_TOKENS,
      timeoutMs: TIMEOUT_MS,
      parameters: {},
      prices,
    },
    new SpendCap(cap.usd, cap.spentUsd),
    network,
    {
      reserve: (_run, _position, reservedUsd) => database.sentinels.spend(key, reservedUsd),
      settle: (_run, _position, { reservedUsd, costUsd }) =>
        database.sentinels.spend(key, costUsd - reservedUsd),
      conclude: () => Promise.resolve(),
    },
    random,
  );
  const answers: SentinelAnswer[] = [];
  for (const [position, anchor] of anchors.entries()) {
    const outcome = await asker.ask(anchor, position, signal);
    if (outcome === null) break;
    if (outcome.score !== null) answers.push({ anchor, score: outcome.score });
  }
  return answers;
}
