import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  deadLetterPageSchema,
  deadLetterPurgeSchema,
  deadLetterQuerySchema,
  deadLetterSchema,
  DomainError,
  purgedSchema,
} from '@zerorouter/contracts';
import type { DeadLetterPage, DeadLetterQuery, DeadLetterView } from '@zerorouter/contracts';
import type { Database, DeadLetter } from '@zerorouter/database';
import { AccessLevel, parseWith, QueueInspector } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';

const ID = { id: 'Its id' };

@AccessLevel('admin')
@Controller('admin/v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly queues: QueueInspector,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Get()
  @Describe({
    summary: 'List the jobs that failed for good, the last one first',
    tag: 'operations',
    query: deadLetterQuerySchema,
    responses: { 200: { description: 'A page of them', schema: deadLetterPageSchema } },
  })
  async list(
    @Query(parseWith(deadLetterQuerySchema)) { queue, limit, before }: DeadLetterQuery,
  ): Promise<DeadLetterPage> {
    const letters = await this.database.deadLetters.list({
      limit: limit + 1,
      ...(queue === undefined ? {} : { queue }),
      ...(before === undefined ? {} : { before }),
    });
    const page = letters.slice(0, limit);
    return {
      data: page.map(viewLetter),
      next: letters.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  @Post(':id/replay')
  @HttpCode(202)
  @Describe({
    summary: 'Add a job again that failed for good; its letter goes',
    tag: 'operations',
    params: ID,
    responses: { 202: { description: 'The letter, as it was', schema: deadLetterSchema } },
  })
  async replay(@Param('id') id: string): Promise<DeadLetterView> {
    const letter = await this.database.deadLetters.get(id);
    const { queue, jobId, payload, replayable } = letter;
    if (!replayable)
      throw new DomainError(
        'not-replayable',
        `the job of the dead letter "${id}" cannot be done again: ${payload === null ? 'it was malformed' : 'the text that it carried is not kept'}; delete the letter`,
      );
    await this.queues.replay(queue, jobId, payload);
    await this.database.deadLetters.settle(letter);
    return viewLetter(letter);
  }

  @Delete(':id')
  @HttpCode(204)
  @Describe({
    summary: 'Delete a dead letter',
    tag: 'operations',
    params: ID,
    responses: { 204: { description: 'Deleted' } },
  })
  async delete(@Param('id') id: string): Promise<void> {
    await this.database.deadLetters.delete(id);
  }

  @Delete()
  @Describe({
    summary: 'Delete all dead letters of a queue',
    tag: 'operations',
    query: deadLetterPurgeSchema,
    responses: { 200: { description: 'How many they were', schema: purgedSchema } },
  })
  async purge(
    @Query(parseWith(deadLetterPurgeSchema)) { queue }: z.output<typeof deadLetterPurgeSchema>,
  ): Promise<{ deleted: number }> {
    return { deleted: await this.database.deadLetters.purge(queue) };
  }
}

function viewLetter({ jobId, requestId, failedAt, ...letter }: DeadLetter): DeadLetterView {
  return {
    ...letter,
    job_id: jobId,
    request_id: requestId,
    failed_at: failedAt.toISOString(),
  };
}
