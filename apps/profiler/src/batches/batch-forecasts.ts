import { matchesGlob, unfitReason } from '@zerorouter/contracts';
import type { Batch, BatchChoice, PredictedItem, StoredProfile } from '@zerorouter/database';
import { scoreModel } from '@zerorouter/latent-space';
import type { Candidate, GuaranteeLevel } from '@zerorouter/latent-space';
import { decideByUtility, withGuarantee } from '@zerorouter/optimizer';
import type { BulkInstance, ReferenceScales } from '@zerorouter/optimizer';

const NOT_ADMITTED = 'not among the models that the item admits';

/**
 * Forecasts of a batch's items as the matrices of the bulk optimizer, filled item by item. An item
 * that no model may serve is set aside with the reason, so that it fails alone.
 */
export class BatchForecasts {
  /** Index in the batch of each row. */
  readonly indices: number[] = [];
  readonly failures: BatchChoice[] = [];
  private readonly probability: Float64Array;
  private readonly costUsd: Float64Array;
  private readonly latencyS: Float64Array;
  /** Globs of the items so far, with what they admit: many items have the same. */
  private readonly admissions = new Map<string, boolean[]>();

  /**
   * @param guarantee what the batch's space calibrated for `minAccuracy`.
   * @param capacity items that may come.
   */
  constructor(
    private readonly batch: Pick<Batch, 'policy' | 'constraints'>,
    private readonly profiles: readonly StoredProfile[],
    private readonly scales: ReferenceScales,
    private readonly guarantee: readonly GuaranteeLevel[] | undefined,
    capacity: number,
  ) {
    const cells = capacity * profiles.length;
    this.probability = new Float64Array(cells);
    this.costUsd = new Float64Array(cells);
    this.latencyS = new Float64Array(cells);
  }

  get instance(): BulkInstance {
    const queries = this.indices.length;
    const cells = queries * this.profiles.length;
    return {
      queries,
      models: this.profiles.length,
      probability: this.probability.subarray(0, cells),
      costUsd: this.costUsd.subarray(0, cells),
      latencyS: this.latencyS.subarray(0, cells),
    };
  }

  add({ index, latents, request }: PredictedItem): void {
    const idle = (request.models ?? []).filter((glob) => !this.admits(glob).includes(true));
    if (idle.length > 0) {
      const globs = idle.map((glob) => `"${glob}"`).join(', ');
      this.failures.push({
        index,
        error: { code: 'unknown-model', message: `no model fits ${globs}` },
      });
      return;
    }
    const { maxTokens, models } = request;
    const candidates = this.profiles.map(({ profile }) => scoreModel(latents, profile, maxTokens));
    const limits = {
      requires: request.requires,
      inputTokens: latents.inputTokens,
      maxTokens: maxTokens ?? 0,
    };
    const unfit = this.profiles.map((profile, m) =>
      models === undefined || models.some((glob) => this.admits(glob)[m])
        ? (unfitReason(profile, limits) ?? this.unknownReason(candidates[m]!))
        : NOT_ADMITTED,
    );
    const reasons = this.exclusions(candidates, unfit, request);
    if (reasons.includes(null)) this.addRow(index, candidates, reasons);
    else this.failures.push({ index, error: noEligibleModel(reasons) });
  }

  private exclusions(
    candidates: readonly Candidate[],
    unfit: readonly (string | null)[],
    request: PredictedItem['request'],
  ): readonly (string | null)[] {
    const { weights, constraints } = this.batch.policy;
    const hard = withGuarantee({ ...constraints, ...request.constraints }, this.guarantee);
    if (Object.keys(hard).length === 0) return unfit;
    return decideByUtility(candidates, weights, this.scales, hard, unfit).exclusions;
  }

  /** A bound on something cannot be kept by a model of which it is not known. */
  private unknownReason({ costUsd, latencyS }: Candidate): string | null {
    const { budgetUsd, maxLatencyS } = this.batch.constraints;
    if (budgetUsd !== undefined && costUsd === null) return 'cost unknown, and budget_usd is set';
    if (maxLatencyS !== undefined && latencyS === null)
      return 'latency unknown, and max_latency_ms is set';
    return null;
  }

  private addRow(
    index: number,
    candidates: readonly Candidate[],
    reasons: readonly (string | null)[],
  ): void {
    const offset = this.indices.length * candidates.length;
    this.indices.push(index);
    candidates.forEach((candidate, m) => {
      this.probability[offset + m] = reasons[m] === null ? candidate.probabilityCorrect : NaN;
      this.costUsd[offset + m] = candidate.costUsd ?? NaN;
      this.latencyS[offset + m] = candidate.latencyS ?? NaN;
    });
  }

  private admits(glob: string): boolean[] {
    let admitted = this.admissions.get(glob);
    if (admitted === undefined) {
      admitted = this.profiles.map(({ profile }) => matchesGlob(glob, profile.model));
      this.admissions.set(glob, admitted);
    }
    return admitted;
  }
}

/** Equal reasons are told once, with the number of models. */
function noEligibleModel(reasons: readonly (string | null)[]): { code: string; message: string } {
  const counts = new Map<string | null, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const told = [...counts].slice(0, 10).map(([reason, count]) => `${reason} (${count})`);
  return {
    code: 'no-eligible-model',
    message: `every model is excluded: ${told.join('; ')}`,
  };
}
