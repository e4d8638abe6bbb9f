import { DomainError, isDomainError } from '@zerorouter/contracts';
import type { BatchItemInput } from '@zerorouter/contracts';
import type { Batch, BatchStore, BatchUpload, NewBatch, NewBatchItem } from '@zerorouter/database';
import type { BatchQueue, Logger } from '@zerorouter/platform';
import type { Caller } from '../access/caller.js';
import { narrowModels } from '../admission/allow-lists.js';
import { toHardConstraints } from '../policies/hard-constraints.js';
import type { Registry } from '../registry/registry.js';
import { flattenConversation } from '../routing/flatten-conversation.js';
import { resolvePolicy } from '../routing/policy.js';
import type { ResolvedPolicy } from '../routing/policy.js';
import { requireSpace } from '../registry/require-space.js';
import { toBatchConstraints } from './batch-options.js';
import type { BatchOptions } from './batch-options.js';
import type { ItemSource, SourcedItem } from './item-source.js';

/** What is parsed before Postgres must have taken it: little, since live requests share the thread. */
const BLOCK_ITEMS = 200;
const BLOCK_CHARS = 256 * 1024;

export interface BatchIntakeSettings {
  defaultPolicy: string;
  maxPromptChars: number;
  maxItems: number;
  maxUploads: number;
  retentionMs: number;
}

export interface BatchIntakeRequest {
  source: ItemSource;
  options: BatchOptions;
  idempotencyKey: string | null;
  caller: Caller;
}

/** Takes batches in: into Postgres, which is the truth, and from there into the queue. */
export class BatchIntake {
  private uploads = 0;

  constructor(
    private readonly registry: Registry,
    private readonly batches: BatchStore,
    private readonly queue: BatchQueue,
    private readonly logger: Logger,
    private readonly settings: BatchIntakeSettings,
  ) {}

  /**
   * Reads a batch to its end and stores it. Whatever is wrong with any of it, there is no batch then.
   * @returns `repeated` when the idempotency key stands for this batch already.
   * @throws DomainError `no-active-space`, `no-models`, `unknown-policy`, `unknown-model`,
   *   `invalid-request`, `too-many-items`, `too-many-uploads`, `idempotency-key-in-use`,
   *   `idempotency-key-reused`
   */
  async take(request: BatchIntakeRequest): Promise<{ batch: Batch; repeated: boolean }> {
    const { batches, settings } = this;
    const batch = this.describe(request);
    if (this.uploads >= settings.maxUploads)
      throw new DomainError(
        'too-many-uploads',
        `${this.uploads} batches are coming in just now, as many as BATCH_MAX_UPLOADS allows: try again when one is through`,
      );
    this.uploads++;
    try {
      const upload = await batches.openUpload(batch);
      const repeated = upload.earlierHash !== null;
      try {
        if (repeated) await this.compare(upload, request);
        else await this.store(upload, request);
      } catch (error) {
        await upload.abandon();
        throw error;
      }
      const stored = await batches.get(upload.id, request.caller);
      if (!repeated) await this.enqueue(stored!);
      return { batch: stored!, repeated };
    } finally {
      this.uploads--;
    }
  }

  private describe({ options, idempotencyKey, caller }: BatchIntakeRequest): NewBatch {
    const { profiles, policies, ...current } = this.registry.current;
    const space = requireSpace(current.space);
    const { version } = space.manifest;
    if (profiles.length === 0)
      throw new DomainError('no-models', `no model has an active profile in the space ${version}`);
    const models = profiles.map(({ profile }) => profile.model);
    return {
      keyId: caller.keyId,
      spaceVersion: version,
      policy: withoutBudget(resolvePolicy(options.policy ?? this.settings.defaultPolicy, policies)),
      constraints: toBatchConstraints(options.constraints, models),
      idempotencyKey,
      expiresAt: new Date(Date.now() + this.settings.retentionMs),
    };
  }

  /** The same key with the same content is the same batch; with any other it is a mistake. */
  private async compare(upload: BatchUpload, { source, idempotencyKey }: BatchIntakeRequest) {
    await source.skip();
    if (source.digest() !== upload.earlierHash)
      throw new DomainError(
        'idempotency-key-reused',
        `the Idempotency-Key "${idempotencyKey}" stands for batch ${upload.id}, which was sent with another content: use another key for another batch`,
        { details: { batch_id: upload.id } },
      );
    await upload.abandon();
  }

  private async store(upload: BatchUpload, { source, caller }: BatchIntakeRequest): Promise<void> {
    const { maxItems } = this.settings;
    const names = this.registry.current.profiles.map(({ profile }) => profile.model);
    const narrow = (models: string[] | undefined) =>
      caller.limits === undefined ? models : (narrowModels(caller.limits, models, names) ?? models);
    let block: (SourcedItem & { stored: NewBatchItem })[] = [];
    let chars = 0;
    const flush = async (): Promise<void> => {
      await addBlock(upload, block);
      block = [];
      chars = 0;
    };
    for await (const sourced of source.read()) {
      const index = upload.count + block.length;
      if (index >= maxItems)
        throw new DomainError(
          'too-many-items',
          `a batch has at most ${maxItems} items (BATCH_MAX_ITEMS): send the rest in another`,
          { details: { maxItems } },
        );
      const stored = this.prepare(index, sourced.item, narrow);
      block.push({ ...sourced, stored });
      chars += stored.request?.text.length ?? 0;
      if (block.length >= BLOCK_ITEMS || chars >= BLOCK_CHARS) await flush();
    }
    if (block.length > 0) await flush();
    if (upload.count === 0)
      throw new DomainError('invalid-request', 'there is no item: send one a line', {
        details: { errors: [{ path: '', message: 'there is no item' }] },
      });
    await upload.commit(source.digest());
  }

  /** An item that nothing can be predicted of, or whose models its caller may not use, fails alone. */
  private prepare(
    index: number,
    item: BatchItemInput,
    narrow: (models: string[] | undefined) => string[] | undefined,
  ): NewBatchItem {
    const { custom_id: customId, max_tokens: maxTokens, constraints = {} } = item;
    try {
      const models = narrow(item.models);
      const { text, requires } = flattenConversation(item, this.settings.maxPromptChars);
      const hard = toHardConstraints(constraints);
      const request = {
        text,
        requires,
        ...(models === undefined ? {} : { models }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
        ...(Object.keys(hard).length === 0 ? {} : { constraints: hard }),
      };
      return { index, customId, request };
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return { index, customId, error: { code: error.code, message: error.message } };
    }
  }

  /** What cannot be put into the queue now, the sweeper will put there. */
  private async enqueue({ id, itemCount, state }: Batch): Promise<void> {
    try {
      if (state === 'optimizing') await this.queue.addOptimization(id);
      else await this.queue.addFirstChunks(id, itemCount);
    } catch (error) {
      this.logger.warn({ err: error, batchId: id }, 'batch is stored, but not in the queue yet');
    }
  }
}

/** @throws DomainError `invalid-request` that says where the second of two equal ids stands. */
async function addBlock(
  upload: BatchUpload,
  block: readonly (SourcedItem & { stored: NewBatchItem })[],
): Promise<void> {
  try {
    await upload.add(block.map(({ stored }) => stored));
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'duplicate-custom-id') throw error;
    throw block.find(({ stored }) => stored.index === error.details.index)!.refuse(error.message);
  }
}

/** A batch would spend beside a policy's budget, which is paced by single requests. */
function withoutBudget({ label, weights, constraints, budget }: ResolvedPolicy) {
  if (budget !== null) {
    const message = `the policy "${label}" has a budget, which only POST /v1/route spends: give the batch another policy, and a budget of its own by constraints.budget_usd`;
    throw new DomainError('invalid-request', message, {
      details: { errors: [{ path: 'policy', message }] },
    });
  }
  return { label, weights, constraints };
}
