import { Controller, Get, Inject } from '@nestjs/common';
import { queueListSchema } from '@zerorouter/contracts';
import type { QueueList } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, QueueInspector } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';

@AccessLevel('admin')
@Controller('admin/v1/jobs')
export class JobsController {
  constructor(
    private readonly queues: QueueInspector,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Get()
  @Describe({
    summary: 'How every queue stands; on Redis, /admin/queues shows the jobs themselves',
    tag: 'operations',
    responses: { 200: { description: 'The queues', schema: queueListSchema } },
  })
  async list(): Promise<QueueList> {
    const [queues, letters] = await Promise.all([
      this.queues.census(),
      this.database.deadLetters.counts(),
    ]);
    return {
      backend: this.queues.backend,
      data: queues.map(({ oldestWaitingMs, ...counts }) => ({
        ...counts,
        oldest_waiting_ms: oldestWaitingMs,
        dead_letters: letters.get(counts.queue) ?? 0,
      })),
    };
  }
}
