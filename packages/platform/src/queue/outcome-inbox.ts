import { DomainError } from '@zerorouter/contracts';
import { z } from 'zod';
import type { QueueDriver } from './queue-driver.js';
import type { JobOutcome, ResultInbox } from './result-channel.js';

const outcomeSchema: z.ZodType<JobOutcome> = z.discriminatedUnion('ok', [
  z.object({ jobId: z.string(), ok: z.literal(true), result: z.unknown() }),
  z.object({ jobId: z.string(), ok: z.literal(false), code: z.string(), message: z.string() }),
]);

interface Waiter {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** All that this process waits for, by job. */
export class OutcomeInbox {
  private readonly waiters = new Map<string, Waiter>();
  private inbox: ResultInbox | null = null;

  static async open(driver: QueueDriver): Promise<OutcomeInbox> {
    const outcomes = new OutcomeInbox();
    outcomes.inbox = await driver.openInbox((message) => outcomes.receive(message));
    return outcomes;
  }

  get address(): string {
    return this.inbox?.address ?? '';
  }

  get listening(): boolean {
    return this.inbox?.listening ?? false;
  }

  /** The outcome of a job; never settles by itself when none arrives, see {@link forget}. */
  expect(jobId: string): Promise<unknown> {
    return new Promise((resolve, reject) => this.waiters.set(jobId, { resolve, reject }));
  }

  forget(jobId: string): void {
    this.waiters.delete(jobId);
  }

  async close(): Promise<void> {
    for (const waiter of this.waiters.values())
      waiter.reject(new DomainError('queue-closed', 'this process is stopping'));
    this.waiters.clear();
    await this.inbox?.close();
  }

  private receive(message: string): void {
    const outcome = outcomeSchema.parse(JSON.parse(message));
    const waiter = this.waiters.get(outcome.jobId);
    if (waiter === undefined) return;
    this.waiters.delete(outcome.jobId);
    if (outcome.ok) waiter.resolve(outcome.result);
    else
      waiter.reject(
        new DomainError('job-failed', outcome.message, { details: { cause: outcome.code } }),
      );
  }
}
