import {
  type ALL_JOBS,
  deadLetterPageSchema,
  queueListSchema,
  type DeadLetterView,
  type QueueView,
} from '../../packages/contracts/dist/index.js';
import { createLogger, createQueueBackend } from '../../packages/platform/dist/index.js';
import type { Client } from './client.js';

type Job = (typeof ALL_JOBS)[number];

/** Puts jobs into the queues of a stack that none of its apps would put there. */
export interface QueueMeddler {
  /** @param payload of any shape at all */
  add(job: Job, jobId: string, payload: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Takes whatever it is given for a payload. */
const anything = { parse: (value: unknown) => value };

export async function openMeddler(
  databaseUrl: string,
  redisUrl: string | null,
  QUEUE_PREFIX: string,
): Promise<QueueMeddler> {
  const queues = await createQueueBackend(
    { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? undefined, QUEUE_PREFIX },
    createLogger('meddler', 'silent'),
  );
  const open = (job: Job) =>
    queues.producer({ ...job, payload: anything } as unknown as Job, { waits: false });
  // Each has connections of its own.
  const producers = new Map<string, ReturnType<typeof open>>();
  const producerOf = (job: Job) => {
    const producer = producers.get(job.queue) ?? open(job);
    producers.set(job.queue, producer);
    return producer;
  };
  return {
    add: async (job, jobId, payload) => {
      const producer = await producerOf(job);
      await producer.add(payload, { jobId });
    },
    close: () => queues.close(),
  };
}

export async function deadLetters(client: Client, adminKey: string): Promise<DeadLetterView[]> {
  const { body } = await client.get('/admin/v1/dead-letters?limit=500', adminKey);
  return deadLetterPageSchema.parse(body).data;
}

export async function queueCounts(client: Client, adminKey: string): Promise<QueueView[]> {
  const { body } = await client.get('/admin/v1/jobs', adminKey);
  return queueListSchema.parse(body).data;
}
