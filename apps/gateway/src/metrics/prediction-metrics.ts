import type { Counter, Histogram, Metrics } from '@zerorouter/platform';

/** Where the latents of a query came from. */
export type PredictionSource = 'memory' | 'shared' | 'queue';

/** Counts what the gateway asks of predictors. */
export class PredictionMetrics {
  private readonly predictions: Counter<'source'>;
  private readonly batches: Histogram;

  constructor(metrics: Metrics) {
    this.predictions = metrics.counter(
      'zerorouter_predictions_total',
      'Predictions that requests asked for: from memory, shared with one under way, or through the queue',
      ['source'],
    );
    this.batches = metrics.histogram(
      'zerorouter_prediction_batch_texts',
      'Texts that share a job',
      [1, 2, 4, 8, 16, 32],
    );
  }

  asked(source: PredictionSource): void {
    this.predictions.inc({ source });
  }

  sent(texts: number): void {
    this.batches.observe(texts);
  }
}
