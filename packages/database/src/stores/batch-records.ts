import type { QueryLatents } from '@zerorouter/contracts';
import type { BulkAllocation, HardConstraints, UtilityWeights } from '@zerorouter/optimizer';

export type BatchState =
  'queued' | 'predicting' | 'optimizing' | 'completed' | 'failed' | 'cancelled';

/** What must hold over a batch as a whole; absent = no bound. */
export interface BatchConstraints {
  budgetUsd?: number;
  /** Most calls, by model name. */
  capacity?: Record<string, number>;
  minMeanAccuracy?: number;
  /** Of every call, end to end. */
  maxLatencyS?: number;
}

/** The policy as it was resolved when the batch came in. */
export interface BatchPolicy {
  label: string;
  weights: UtilityWeights;
  /** Hold for each item. */
  constraints: HardConstraints;
}

/** How the models of a completed batch were chosen, and what they come to. */
export interface BatchSummary {
  method: BulkAllocation['method'] | 'none';
  expectedCorrect: number;
  /** Null when no item has a model, like the cost. */
  meanAccuracy: number | null;
  /** Null, too, where the cost of a chosen model is unknown. */
  costUsd: number | null;
  /** Items by chosen model. */
  calls: Record<string, number>;
  shadowPrices: { budget?: number; capacity?: Record<string, number>; minAccuracy?: number };
  gapBound: number | null;
  /** Version of the profile of each model that could be chosen. */
  profileVersions: Record<string, number>;
}

/** Why a batch, or one of its items, failed. */
export interface BatchFailure {
  code: string;
  message: string;
  [detail: string]: unknown;
}

export interface Batch {
  id: string;
  /** Null where no key was asked for. */
  keyId: string | null;
  spaceVersion: string;
  state: BatchState;
  policy: BatchPolicy;
  constraints: BatchConstraints;
  itemCount: number;
  predictedCount: number;
  failedCount: number;
  summary: BatchSummary | null;
  error: BatchFailure | null;
  idempotencyKey: string | null;
  /** Hex SHA-256 of what was posted. */
  requestHash: string;
  createdAt: Date;
  updatedAt: Date;
  finishedAt: Date | null;
  expiresAt: Date;
  textsDeletedAt: Date | null;
}

export type NewBatch = Pick<
  Batch,
  'keyId' | 'spaceVersion' | 'policy' | 'constraints' | 'idempotencyKey' | 'expiresAt'
>;

/** What an item asks for; the text is gone once the batch has expired. */
export interface BatchItemRequest {
  text: string;
  /** Capabilities without which a model cannot answer. */
  requires: string[];
  /** Globs. */
  models?: string[];
  maxTokens?: number;
  constraints?: HardConstraints;
}

/** An item that came in: to be predicted, or failed before it could be. */
export type NewBatchItem = { index: number; customId: string } & (
  { request: BatchItemRequest; error?: never } | { error: BatchFailure; request?: never }
);

/** What a predictor made of one item. */
export type BatchPrediction = { index: number } & (
  { latents: QueryLatents; error?: never } | { error: BatchFailure; latents?: never }
);

/** A predicted item as the optimizer sees it: no text. */
export interface PredictedItem {
  index: number;
  latents: QueryLatents;
  request: Omit<BatchItemRequest, 'text'>;
}

/** The final word on one item. */
export type BatchChoice = { index: number } & (
  | {
      model: string;
      pCorrect: number;
      costUsd: number | null;
      latencyMs: number | null;
      error?: never;
    }
  | { error: BatchFailure; model?: never }
);

/** An item of a batch that has ended; it has neither succeeded nor failed where the batch did not complete. */
export interface BatchResultRow {
  index: number;
  customId: string;
  state: 'pending' | 'predicted' | 'succeeded' | 'failed';
  model: string | null;
  pCorrect: number | null;
  costUsd: number | null;
  latencyMs: number | null;
  error: BatchFailure | null;
}
