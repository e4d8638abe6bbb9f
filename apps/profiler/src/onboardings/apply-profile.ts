import type { ModelProfile, OnboardingResult } from '@zerorouter/contracts';
import type { Database, Onboarding, ProfileState } from '@zerorouter/database';
import type { MeasuredModel } from '@zerorouter/onboarding';

/**
 * Makes what was measured the model's profile, and says what state it is in. New models wait in shadow
 * unless they were to be promoted and nothing speaks against it. A model that takes traffic keeps its
 * profile where something does: then an alert tells. With a new profile, what was said of drift from the
 * earlier one is over. Safe to run twice.
 */
export async function applyProfile(
  database: Database,
  { id, modelId, spaceVersion }: Onboarding,
  { profile, result }: MeasuredModel,
  promote: boolean,
): Promise<OnboardingResult> {
  const selector = { spaceVersion };
  const current = await database.profiles.get(modelId, selector);
  if (current?.state === 'active' && result.held !== null) {
    await database.alerts.create({
      kind: 'misfit',
      modelId,
      message: `${profile.model} was measured again and keeps its earlier profile: ${result.held}`,
      evidence: { onboarding: id, held: result.held },
    });
    return { ...result, profile_version: current.version, state: current.state };
  }
  const model = await database.models.get(modelId);
  const stored = await database.profiles.upsert({
    profile: withPricesOf(profile, current?.profile),
    spaceVersion,
    state: 'shadow',
    contextWindow: model?.contextWindow ?? null,
    capabilities: model?.capabilities ?? [],
  });
  const state = nextState(current?.state ?? 'draft', result.held, promote);
  await database.profiles.setState(modelId, state, {
    ...selector,
    ...(result.held === null ? {} : { reason: result.held }),
  });
  if (result.held === null) await database.alerts.resolveDrift(modelId);
  return { ...result, profile_version: stored.version, state };
}

function nextState(current: ProfileState, held: string | null, promote: boolean): ProfileState {
  if (held !== null) return 'shadow';
  if (current === 'active' || promote) return 'active';
  return current === 'retired' ? 'retired' : 'shadow';
}

/** Answers that tell nothing of the cost leave what is known of it. */
function withPricesOf(measured: ModelProfile, earlier: ModelProfile | undefined): ModelProfile {
  return {
    ...measured,
    cost: measured.cost ?? earlier?.cost ?? null,
    latency: measured.latency ?? earlier?.latency ?? null,
  };
}
