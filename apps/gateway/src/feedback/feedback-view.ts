import type { FeedbackSourceView, FeedbackView } from '@zerorouter/contracts';
import type { Feedback, FeedbackSource } from '@zerorouter/database';

export function viewFeedback(feedback: Feedback): FeedbackView {
  return {
    id: feedback.id,
    decision_id: feedback.decisionId,
    model_id: feedback.modelId,
    score: feedback.score,
    source: feedback.source,
    source_id: feedback.sourceId,
    output_tokens: feedback.outputTokens,
    state: feedback.state,
    created_at: feedback.createdAt.toISOString(),
    settled_at: feedback.settledAt?.toISOString() ?? null,
  };
}

export function viewSource(source: FeedbackSource): FeedbackSourceView {
  return {
    id: source.id,
    name: source.name,
    key_id: source.keyId,
    trusted: source.quarantine === null,
    reason: source.quarantine,
    quarantined_at: source.quarantinedAt?.toISOString() ?? null,
    created_at: source.createdAt.toISOString(),
    feedback: source.feedback,
  };
}
