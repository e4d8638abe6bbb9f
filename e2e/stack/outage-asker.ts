import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { expectProblem, type Answer, type Client } from './client.js';

export interface OutageLimits {
  /** What a prediction may take, and what all else adds to it when something is away. */
  deadlineMs: number;
  healsWithinMs: number;
}

/** A caller during outages: no answer may come late, and none may be anything but an answer or an honest refusal. */
export class OutageAsker {
  private asked = 0;
  private slowestMs = 0;

  constructor(
    readonly client: Client,
    private readonly limits: OutageLimits,
  ) {}

  /** The longest that any request so far has taken. */
  get slowest(): number {
    return Math.round(this.slowestMs);
  }

  /** A query that no gateway remembers. */
  unseen(): string {
    this.asked += 1;
    return `Question ${this.asked}: which number comes after ${this.asked * 13}?`;
  }

  /** Asks, and holds the answer to the deadline. */
  async ask(query: string): Promise<Answer> {
    const start = performance.now();
    const answer = await this.client.post('/v1/route', { query });
    const ms = performance.now() - start;
    this.slowestMs = Math.max(this.slowestMs, ms);
    expect(ms).toBeLessThan(this.limits.deadlineMs);
    return answer;
  }

  /** Asks until there are answers again, and stay. @returns ms to the first one. */
  async healed(): Promise<number> {
    const start = performance.now();
    const deadline = start + this.limits.healsWithinMs;
    for (;;) {
      const answer = await this.ask(this.unseen());
      if (answer.status === 200) break;
      expectUnavailable(answer);
      expect(performance.now()).toBeLessThan(deadline);
      await sleep(200);
    }
    const ms = performance.now() - start;
    for (let i = 0; i < 5; i++) expect((await this.ask(this.unseen())).status).toBe(200);
    await this.untilReadyIs(200, deadline);
    return Math.round(ms);
  }

  async untilReadyIs(status: number, deadline: number): Promise<void> {
    while ((await this.client.get('/health/ready')).status !== status) {
      expect(performance.now()).toBeLessThan(deadline);
      await sleep(200);
    }
  }
}

/** Holds an answer to a 503 that says when to come again. */
export function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
}
