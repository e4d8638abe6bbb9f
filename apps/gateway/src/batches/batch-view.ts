import type { BatchConstraintsInput, BatchResult, BatchView } from '@zerorouter/contracts';
import type { Batch, BatchConstraints, BatchFailure, BatchResultRow } from '@zerorouter/database';

export function viewBatch(batch: Batch): BatchView {
  const { itemCount, predictedCount, failedCount, summary } = batch;
  const completed = batch.state === 'completed';
  return {
    id: batch.id,
    state: batch.state,
    counts: {
      total: itemCount,
      predicted: predictedCount,
      succeeded: completed ? itemCount - failedCount : 0,
      failed: failedCount,
    },
    progress: completed ? 1 : Math.min(1, (predictedCount + failedCount) / itemCount),
    policy: { label: batch.policy.label, weights: batch.policy.weights },
    constraints: viewConstraints(batch.constraints),
    space_version: batch.spaceVersion,
    totals: summary && {
      expected_correct: summary.expectedCorrect,
      mean_accuracy: summary.meanAccuracy,
      cost_usd: summary.costUsd,
      calls: summary.calls,
    },
    method: summary && summary.method,
    shadow_prices: summary && viewShadowPrices(summary.shadowPrices),
    gap_bound: summary && summary.gapBound,
    error: batch.error,
    created_at: batch.createdAt.toISOString(),
    updated_at: batch.updatedAt.toISOString(),
    finished_at: batch.finishedAt?.toISOString() ?? null,
    expires_at: batch.expiresAt.toISOString(),
    texts_deleted_at: batch.textsDeletedAt?.toISOString() ?? null,
  };
}

/** @param batch the item's, which has ended. */
export function viewResult(
  row: BatchResultRow,
  batch: Pick<Batch, 'state' | 'error'>,
): BatchResult {
  const { status, error } = statusOf(row, batch);
  return {
    custom_id: row.customId,
    index: row.index,
    status,
    model: row.model,
    p_correct: row.pCorrect,
    cost_usd: row.costUsd,
    latency_ms: row.latencyMs,
    ...(error === null ? {} : { error }),
  };
}

/** What a batch that did not complete left undone shares its end, and the reason of it. */
function statusOf(
  { state, error }: BatchResultRow,
  batch: Pick<Batch, 'state' | 'error'>,
): { status: BatchResult['status']; error: BatchFailure | null } {
  if (state === 'succeeded' || state === 'failed') return { status: state, error };
  return batch.state === 'cancelled'
    ? { status: 'cancelled', error: CANCELLED }
    : { status: 'failed', error: batch.error };
}

const CANCELLED: BatchFailure = {
  code: 'batch-cancelled',
  message: 'the batch was cancelled before this item had a model',
};

function viewConstraints(constraints: BatchConstraints): BatchConstraintsInput {
  const { budgetUsd, capacity, minMeanAccuracy, maxLatencyS } = constraints;
  return {
    ...(budgetUsd === undefined ? {} : { budget_usd: budgetUsd }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(minMeanAccuracy === undefined ? {} : { min_accuracy: minMeanAccuracy }),
    ...(maxLatencyS === undefined ? {} : { max_latency_ms: maxLatencyS * 1000 }),
  };
}

function viewShadowPrices({
  budget,
  capacity,
  minAccuracy,
}: NonNullable<Batch['summary']>['shadowPrices']): NonNullable<BatchView['shadow_prices']> {
  return {
    ...(budget === undefined ? {} : { budget_usd: budget }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(minAccuracy === undefined ? {} : { min_accuracy: minAccuracy }),
  };
}
