import type { Database } from '@zerorouter/database';
import type { Metrics, QueueInspector } from '@zerorouter/platform';
import { windowAt } from '../budgets/budget-window.js';
import type { Registry } from '../registry/registry.js';

/** What is asked of Postgres or Redis stands for so long, however often gateways are scraped. */
const QUEUES_MS = 5_000;
const DATABASE_MS = 15_000;

/** Queues, dead letters, budgets, drift, alerts and connections: every gateway tells the same of them. */
export function watchOperations(
  metrics: Metrics,
  database: Database,
  registry: Pick<Registry, 'current'>,
  queues: Pick<QueueInspector, 'census'>,
): void {
  watchQueues(metrics, queues);
  watchDeadLetters(metrics, database);
  watchBudgets(metrics, database, registry);
  watchDrift(metrics, database);
  watchAlerts(metrics, database);
  const connections = metrics.gauge(
    'zerorouter_database_connections',
    'This process’s connections to Postgres, and the queries that wait for one',
    ['state'],
  );
  metrics.beforeScrape('connections', () => {
    const { total, idle, waiting } = database.operations.poolState;
    connections.set({ state: 'busy' }, total - idle);
    connections.set({ state: 'idle' }, idle);
    connections.set({ state: 'waiting' }, waiting);
  });
}

function watchQueues(metrics: Metrics, queues: Pick<QueueInspector, 'census'>): void {
  const jobs = metrics.gauge('zerorouter_queue_jobs', 'Jobs in a queue, by state', [
    'queue',
    'state',
  ]);
  const oldest = metrics.gauge(
    'zerorouter_queue_oldest_waiting_seconds',
    'Age of the job that has waited longest; 0 = none waits',
    ['queue'],
  );
  metrics.beforeScrape(
    'queues',
    async () => {
      for (const { queue, oldestWaitingMs, ...counts } of await queues.census()) {
        for (const [state, count] of Object.entries(counts)) jobs.set({ queue, state }, count);
        oldest.set({ queue }, (oldestWaitingMs ?? 0) / 1_000);
      }
    },
    QUEUES_MS,
  );
}

function watchDeadLetters(metrics: Metrics, database: Database): void {
  const letters = metrics.gauge(
    'zerorouter_dead_letters',
    'Jobs that failed for good and that nobody has replayed or deleted',
    ['queue'],
  );
  metrics.beforeScrape(
    'dead letters',
    async () => {
      const counts = await database.deadLetters.counts();
      letters.reset();
      for (const [queue, count] of counts) letters.set({ queue }, count);
    },
    DATABASE_MS,
  );
}

function watchBudgets(
  metrics: Metrics,
  database: Database,
  registry: Pick<Registry, 'current'>,
): void {
  const usd = metrics.gauge(
    'zerorouter_policy_budget_usd',
    'Budget of a policy in its current period: the limit, what is spent in predicted cost, and what gateways have leased',
    ['policy', 'kind'],
  );
  const price = metrics.gauge(
    'zerorouter_policy_budget_price',
    'P(correct) that a USD has to buy under the policy',
    ['policy'],
  );
  const pace = metrics.gauge(
    'zerorouter_policy_budget_pace',
    'Share of the budget that is spent over the share of the period that has passed: above 1 it is spent too fast',
    ['policy'],
  );
  metrics.beforeScrape(
    'budgets',
    async () => {
      const periods = new Map(
        (await database.operations.budgets()).map((one) => [one.policy, one]),
      );
      for (const gauge of [usd, price, pace]) gauge.reset();
      for (const { name: policy, budget } of registry.current.policies) {
        if (budget === null) continue;
        const now = Date.now();
        const { startMs, endMs } = windowAt(budget.period, now);
        const level = periods.get(policy);
        const current = level !== undefined && level.startsAt.getTime() === startMs ? level : null;
        const spentUsd = current?.spentUsd ?? 0;
        usd.set({ policy, kind: 'limit' }, budget.usd);
        usd.set({ policy, kind: 'spent' }, spentUsd);
        usd.set({ policy, kind: 'leased' }, current?.leasedUsd ?? 0);
        if (level !== undefined) price.set({ policy }, level.price);
        const passed = Math.max(now - startMs, 1) / (endMs - startMs);
        pace.set({ policy }, spentUsd / budget.usd / passed);
      }
    },
    DATABASE_MS,
  );
}

function watchDrift(metrics: Metrics, database: Database): void {
  const drift = metrics.gauge(
    'zerorouter_model_drift',
    'CUSUM sums of a model’s answers against its profile, as learning has left them; an alert is raised, and the sum starts again, beyond 4.4 (worse, better) or 5.5 (longer, shorter)',
    ['model', 'direction'],
  );
  metrics.beforeScrape(
    'drift',
    async () => {
      const levels = await database.operations.drift();
      drift.reset();
      for (const { model, ...sums } of levels)
        for (const [direction, sum] of Object.entries(sums)) drift.set({ model, direction }, sum);
    },
    DATABASE_MS,
  );
}

function watchAlerts(metrics: Metrics, database: Database): void {
  const alerts = metrics.gauge('zerorouter_alerts_open', 'Alerts that nobody has resolved', [
    'kind',
  ]);
  metrics.beforeScrape(
    'alerts',
    async () => {
      const counts = await database.operations.openAlerts();
      alerts.reset();
      for (const { kind, count } of counts) alerts.set({ kind }, count);
    },
    DATABASE_MS,
  );
}
