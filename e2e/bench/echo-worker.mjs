/**
 * `node echo-worker.mjs '{"technology", "queue", "serviceMs", …}'`: takes jobs of one queue and gives each back after
 * so many ms. `bullmq` is BullMQ alone; `redis` and `postgres` are our queues on either. Prints a line when it is ready.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { echoJob, loadBullMq, openQueues } from './queues.mjs';

const { technology, queue, serviceMs, redisUrl, databaseUrl } = JSON.parse(process.argv[2]);
if (technology === 'bullmq') {
  const { Worker, connection } = loadBullMq(redisUrl);
  const worker = new Worker(queue, async ({ data }) => data, { connection });
  await worker.waitUntilReady();
} else {
  const queues = await openQueues({ technology, redisUrl, databaseUrl });
  await queues.worker(echoJob(queue), async (payload) => {
    if (serviceMs > 0) await sleep(serviceMs);
    return payload;
  });
}
console.log('ready');
