import { DomainError, isDomainError } from '@zerorouter/contracts';
import type { predictQueries, QueryLatents } from '@zerorouter/contracts';
import { currentOrigin, runFrom, withSpan } from '@zerorouter/platform';
import type { JobProducer, Origin } from '@zerorouter/platform';
import { LRUCache } from 'lru-cache';
import { Batcher } from '../batching/batcher.js';
import type { PredictionMetrics } from '../metrics/prediction-metrics.js';

export interface PredictorClientOptions {
  cacheSize: number;
  timeoutMs: number;
}

interface Query {
  spaceVersion: string;
  text: string;
  /** Who asked: a job is sent in the name of the first of its queries. */
  origin: Origin;
}

type PredictProducer = Pick<
  JobProducer<typeof predictQueries.payload, typeof predictQueries.result>,
  'addAndWait'
>;

/**
 * Latents of a text, from memory or through the queue. Texts that come in together share a job, and
 * those who ask for the same text at the same time share its prediction; neither changes the result,
 * which depends on the text and the space alone.
 */
export class PredictorClient {
  private readonly cache: LRUCache<string, QueryLatents> | null;
  private readonly underWay = new Map<string, Promise<QueryLatents>>();
  private readonly batcher: Batcher<Query, QueryLatents>;

  constructor(
    private readonly producer: PredictProducer,
    private readonly options: PredictorClientOptions,
    private readonly metrics?: PredictionMetrics,
  ) {
    this.cache = options.cacheSize === 0 ? null : new LRUCache({ max: options.cacheSize });
    this.batcher = new Batcher({
      run: (queries) => this.predictBatch(queries),
      maxItems: 32,
      // Enough jobs under way to keep several predictors busy.
      maxRunning: 8,
      // As many again as may be under way, or a second's worth: what waits longer is better refused at once.
      maxWaiting: 256,
      maxWaitMs: 1_000,
      expiresMs: options.timeoutMs,
      // A job of a few long prompts is as much work as one of many short ones.
      weigh: ({ text }) => text.length,
      maxWeight: 64_000,
    });
  }

  /** @param textHash SHA-256 of the text. */
  predict(spaceVersion: string, text: string, textHash: string): Promise<QueryLatents> {
    return withSpan('predict', { attributes: { 'zerorouter.space': spaceVersion } }, () =>
      this.find(spaceVersion, text, textHash),
    );
  }

  private find(spaceVersion: string, text: string, textHash: string): Promise<QueryLatents> {
    const key = `${spaceVersion}:${textHash}`;
    const known = this.cache?.get(key);
    if (known !== undefined) {
      this.metrics?.asked('memory');
      return Promise.resolve(known);
    }
    const shared = this.underWay.get(key);
    this.metrics?.asked(shared === undefined ? 'queue' : 'shared');
    if (shared !== undefined) return shared;

    const prediction = this.batcher
      .submit({ spaceVersion, text, origin: currentOrigin() })
      .then((latents) => {
        this.cache?.set(key, latents);
        return latents;
      })
      .finally(() => this.underWay.delete(key));
    this.underWay.set(key, prediction);
    return prediction;
  }

  /** Sends a text through the queue whatever is in memory: is there a predictor, and does it work? */
  async probe(spaceVersion: string, timeoutMs: number): Promise<void> {
    await this.send(spaceVersion, [{ text: 'ready?' }], timeoutMs);
  }

  private async predictBatch(
    queries: readonly Query[],
  ): Promise<PromiseSettledResult<QueryLatents>[]> {
    const versions = [...new Set(queries.map(({ spaceVersion }) => spaceVersion))];
    const results = new Map<Query, PromiseSettledResult<QueryLatents>>();
    await Promise.all(
      versions.map(async (version) => {
        const group = queries.filter(({ spaceVersion }) => spaceVersion === version);
        const settled = await this.predictTogether(version, group);
        group.forEach((query, i) => results.set(query, settled[i]!));
      }),
    );
    return queries.map((query) => results.get(query)!);
  }

  /** Of several traces the job is in the first; the others are linked to it. */
  private predictTogether(
    spaceVersion: string,
    queries: readonly Query[],
  ): Promise<PromiseSettledResult<QueryLatents>[]> {
    this.metrics?.sent(queries.length);
    const [first, ...others] = queries.map(({ origin }) => origin);
    return runFrom(first!, () =>
      withSpan(
        'predict together',
        {
          attributes: { 'zerorouter.texts': queries.length },
          links: others.map(({ traceparent }) => traceparent),
        },
        () => this.predictGroup(spaceVersion, queries),
      ),
    );
  }

  /** When a job fails, its texts are tried one by one: none may fail for the sake of another. */
  private async predictGroup(
    spaceVersion: string,
    queries: readonly Query[],
  ): Promise<PromiseSettledResult<QueryLatents>[]> {
    const texts = queries.map(({ text }) => ({ text }));
    try {
      const latents = await this.send(spaceVersion, texts, this.options.timeoutMs);
      return latents.map((value) => ({ status: 'fulfilled', value }));
    } catch (error) {
      if (texts.length === 1 || !isDomainError(error) || error.code !== 'job-failed') throw error;
      return Promise.allSettled(
        texts.map(async (text) => {
          const [latents] = await this.send(spaceVersion, [text], this.options.timeoutMs);
          return latents!;
        }),
      );
    }
  }

  private async send(
    spaceVersion: string,
    queries: { text: string }[],
    timeoutMs: number,
  ): Promise<QueryLatents[]> {
    const { latents } = await this.producer.addAndWait({ spaceVersion, queries }, { timeoutMs });
    if (latents.length !== queries.length)
      throw new DomainError(
        'job-failed',
        `a predictor answered ${queries.length} texts with ${latents.length} predictions`,
      );
    return latents;
  }
}
