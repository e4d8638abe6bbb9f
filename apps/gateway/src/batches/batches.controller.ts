import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import {
  batchListQuerySchema,
  batchPageSchema,
  batchQuerySchema,
  batchRequestSchema,
  batchResultSchema,
  batchSchema,
  DomainError,
} from '@zerorouter/contracts';
import type { BatchView } from '@zerorouter/contracts';
import type { Batch, Database } from '@zerorouter/database';
import { AccessLevel, parseRequest, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { AdmissionService } from '../admission/admission.service.js';
import { streamChanges } from '../events/stream-changes.js';
import { Describe } from '../openapi/describe.js';
import { DATABASE, MAX_LINE_BYTES } from '../tokens.js';
import { BatchIntake } from './batch-intake.js';
import { readBatchQuery } from './batch-options.js';
import { streamResults } from './batch-streams.js';
import { viewBatch } from './batch-view.js';
import { jsonSource, ndjsonSource } from './item-source.js';
import { NDJSON } from './ndjson-body.js';

const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' })
  .optional();
const noQuerySchema = z.strictObject({});
const ID = { id: 'Its id' };

@AccessLevel('route')
@Controller('v1/route/batches')
export class BatchesController implements OnModuleDestroy {
  private readonly closing = new AbortController();

  constructor(
    private readonly intake: BatchIntake,
    private readonly admission: AdmissionService,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(MAX_LINE_BYTES) private readonly maxLine: { bytes: number },
  ) {}

  /** Streams of progress would hold the closing until their batches end. */
  onModuleDestroy(): void {
    this.closing.abort();
  }

  @Post()
  @HttpCode(202)
  @Describe({
    summary: 'Route many queries together, under constraints of the whole',
    tag: 'batches',
    body: batchRequestSchema,
    ndjsonBody: 'One item a line; policy and constraints then stand in the query string.',
    query: batchQuerySchema,
    requestHeaders: {
      'idempotency-key': 'The same key with the same content is the same batch',
    },
    responses: {
      202: {
        description: 'The batch, stored',
        schema: batchSchema,
        headers: {
          location: 'Where to watch it',
          'idempotency-replayed': '`true` when the key stood for this batch already',
        },
      },
    },
  })
  async create(
    @Body() body: unknown,
    @Query() query: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchView> {
    const idempotencyKey = parseRequest(idempotencyKeySchema, key) ?? null;
    const { source, options } = this.readBody(body, query);
    const { policy = options.policy } = await this.admission.admit(caller, {
      policy: options.policy,
      tokens: 0,
      decisionOnly: true,
    });
    const { batch, repeated } = await this.intake.take({
      source,
      options: { ...options, policy },
      idempotencyKey,
      caller,
    });
    void reply.header('location', `/v1/route/batches/${batch.id}`);
    if (repeated) void reply.header('idempotency-replayed', 'true');
    return viewBatch(batch);
  }

  @Get()
  @Describe({
    summary: 'List your batches, newest first',
    tag: 'batches',
    query: batchListQuerySchema,
    responses: { 200: { description: 'A page of batches', schema: batchPageSchema } },
  })
  async list(
    @Query(parseWith(batchListQuerySchema)) query: z.output<typeof batchListQuerySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<z.infer<typeof batchPageSchema>> {
    const { limit, before } = query;
    const batches = await this.database.batches.list(caller, {
      limit,
      ...(before === undefined ? {} : { before }),
    });
    return {
      data: batches.map(viewBatch),
      next: batches.length < limit ? null : (batches.at(-1)?.id ?? null),
    };
  }

  @Get(':id')
  @Describe({
    summary: 'See how far a batch is, and what it came to',
    tag: 'batches',
    params: ID,
    responses: { 200: { description: 'The batch', schema: batchSchema } },
  })
  async get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<BatchView> {
    return viewBatch(await this.find(id, caller));
  }

  @Get(':id/results')
  @Describe({
    summary: 'Read the results of a batch that has ended, in the order of its items',
    tag: 'batches',
    params: ID,
    responses: {
      200: { description: 'One item a line', mediaType: NDJSON, schema: batchResultSchema },
    },
  })
  async results(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const batch = await this.find(id, caller);
    const { state, finishedAt } = batch;
    if (finishedAt === null)
      throw new DomainError(
        'batch-not-completed',
        `batch ${id} is ${state}: its results are there once it has ended`,
        { details: { state } },
      );
    const lines = streamResults(this.database.batches, batch);
    await reply.type(NDJSON).send(Readable.from(lines));
  }

  @Get(':id/events')
  @Describe({
    summary: 'Follow a batch: server-sent events `progress` and, last, `end`',
    tag: 'batches',
    params: ID,
    responses: {
      200: {
        description: 'Each event holds the batch',
        mediaType: 'text/event-stream',
        schema: batchSchema,
      },
    },
  })
  async events(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.find(id, caller);
    const read = async () => {
      const batch = await this.database.batches.get(id, caller);
      return batch === null ? null : { view: viewBatch(batch), ended: batch.finishedAt !== null };
    };
    await reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      .send(Readable.from(streamChanges(read, this.closing.signal)));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Describe({
    summary: 'Cancel a batch that is under way',
    tag: 'batches',
    params: ID,
    responses: { 200: { description: 'The batch, cancelled', schema: batchSchema } },
  })
  async cancel(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<BatchView> {
    return viewBatch(await this.database.batches.cancel(id, caller));
  }

  private readBody(body: unknown, query: unknown) {
    if (body instanceof Readable) {
      const given = parseRequest(batchQuerySchema, query);
      // A refused upload is answered, which it could not be on a connection that has been ended.
      const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      return {
        source: ndjsonSource(chunks, given, this.maxLine.bytes),
        options: readBatchQuery(given),
      };
    }
    parseRequest(noQuerySchema, query);
    const request = parseRequest(batchRequestSchema, body);
    const { policy, constraints = {} } = request;
    return { source: jsonSource(request), options: { policy, constraints } };
  }

  private async find(id: string, caller: Caller): Promise<Batch> {
    const batch = await this.database.batches.get(id, caller);
    if (batch === null) throw new DomainError('batch-not-found', `you have no batch "${id}"`);
    return batch;
  }
}
