import type { OnboardingView } from '@zerorouter/contracts';
import type { Onboarding } from '@zerorouter/database';

export function viewOnboarding(onboarding: Onboarding): OnboardingView {
  return {
    id: onboarding.id,
    model_id: onboarding.modelId,
    model: onboarding.model,
    space_version: onboarding.spaceVersion,
    anchor_set: onboarding.anchorSetId,
    state: onboarding.state,
    settings: onboarding.settings,
    progress: onboarding.progress,
    result: onboarding.result,
    error: onboarding.error,
    cost_usd: onboarding.costUsd,
    created_at: onboarding.createdAt.toISOString(),
    finished_at: onboarding.finishedAt?.toISOString() ?? null,
  };
}
