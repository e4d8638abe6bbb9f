import type { LabelEffectView, LabelView } from '@zerorouter/contracts';
import type { Label } from '@zerorouter/database';
import type { LabelEffect } from '@zerorouter/onboarding';

export function viewLabel(label: Label): LabelView {
  return {
    id: label.id,
    decision_id: label.decisionId,
    model: label.model,
    score: label.score,
    key_id: label.keyId,
    profile_version: label.profileVersion,
    created_at: label.createdAt.toISOString(),
  };
}

export function viewEffect({ regretBefore, regretAfter, gain }: LabelEffect): LabelEffectView {
  return {
    regret_before: regretBefore,
    regret_after: regretAfter,
    regret_removed: regretBefore - regretAfter,
    gain,
  };
}
