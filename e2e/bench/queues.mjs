import { createRequire } from 'node:module';
import { defineJob } from '../../packages/contracts/dist/index.js';
import { createLogger, createQueueBackend } from '../../packages/platform/dist/index.js';

const require = createRequire(new URL('../../packages/platform/package.json', import.meta.url));
const { z } = createRequire(new URL('../../packages/contracts/package.json', import.meta.url))(
  'zod',
);

/** BullMQ itself, and how it reaches Redis. */
export function loadBullMq(redisUrl) {
  const { hostname, port } = new URL(redisUrl);
  return {
    ...require('bullmq'),
    connection: { host: hostname, port: Number(port), maxRetriesPerRequest: null },
  };
}

/** Our queues, on either technology. */
export function openQueues({ technology, redisUrl, databaseUrl }) {
  return createQueueBackend(
    {
      DATABASE_URL: databaseUrl,
      REDIS_URL: technology === 'redis' ? redisUrl : undefined,
      QUEUE_PREFIX: 'zr-bench',
    },
    createLogger('bench', 'silent'),
  );
}

/** A job that comes back as it went. */
export function echoJob(queue) {
  const payload = z.object({ text: z.string() });
  return defineJob({
    queue,
    payload,
    result: payload,
    retry: { attempts: 1, backoffMs: 0 },
    timeoutMs: 60_000,
    carriesText: true,
  });
}
