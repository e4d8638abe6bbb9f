import type { RollOutView } from '@zerorouter/contracts';
import type { RollOut } from '@zerorouter/database';
import { viewHardConstraints } from '../policies/hard-constraints.js';

export function viewRollOut(rollOut: RollOut): RollOutView {
  const { control, candidate } = rollOut;
  return {
    id: rollOut.id,
    policy: rollOut.policy,
    state: rollOut.state,
    control: {
      version: rollOut.controlVersion,
      weights: { ...control.weights },
      constraints: viewHardConstraints(control.constraints),
    },
    candidate: {
      label: candidate.label,
      weights: { ...candidate.weights },
      constraints: viewHardConstraints(candidate.constraints),
    },
    share: rollOut.share,
    unit: rollOut.unit,
    quality_bound: rollOut.qualityBound,
    min_feedback: rollOut.minFeedback,
    confidence: rollOut.confidence,
    evidence: rollOut.evidence,
    created_at: rollOut.createdAt.toISOString(),
    ended_at: rollOut.endedAt?.toISOString() ?? null,
  };
}
