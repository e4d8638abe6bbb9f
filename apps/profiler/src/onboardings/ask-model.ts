import type { OnboardingResult, OnboardingSettings } from '@zerorouter/contracts';
import type { AskedAnchor, Database } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import { continueRun, isConcluded, nextAnchors, onboardingProgress } from '@zerorouter/onboarding';
import type { OnboardingState } from '@zerorouter/onboarding';
import type { Deployment, ProviderNetwork } from '@zerorouter/providers';
import { AnchorAsker } from './ask-anchors.js';
import type { OnboardingRun } from './open-run.js';
import { SpendCap } from './spend-cap.js';

/** What a model has answered in the end. */
export interface Asked {
  readonly state: OnboardingState;
  readonly stoppedBy: OnboardingResult['stopped_by'];
  readonly spentUsd: number;
}

/** The run has ended while we were at it: somebody has cancelled it. */
export class RunEnded extends Error {}

type LiveSettings = Extract<OnboardingSettings, { kind: 'live' }>;

/**
 * Asks a live model until enough is known, or nothing more may be asked. It goes on from whatever rows there
 * are: what is answered is not asked again, what was planned is asked before anything else.
 * @throws RunEnded; DomainError `deployment-unusable`; whatever the store throws; when `signal` aborts.
 */
export async function askModel(
  run: OnboardingRun,
  settings: LiveSettings,
  deployments: readonly Deployment[],
  { database, network }: { database: Database; network: ProviderNetwork },
  signal: AbortSignal,
): Promise<Asked> {
  const { id } = run.onboarding;
  const rows = await database.anchorAnswers.list(id);
  const cap = new SpendCap(
    settings.max_cost_usd,
    rows.reduce((sum, row) => sum + (row.costUsd ?? 0) + row.reservedUsd, 0),
  );
  const random = seededRandom(settings.seed);
  const asker = new AnchorAsker(
    {
      onboardingId: id,
      deployments,
      prices: settings.prices,
      maxTokens: settings.max_tokens,
      timeoutMs: settings.timeout_ms,
      parameters: settings.parameters,
    },
    cap,
    network,
    database.anchorAnswers,
    () => random.uniform(),
  );
  const anchorOf = new Map(run.anchors.map((anchor) => [anchor.id, anchor]));
  const concluded = () => continueRun(run.start, rows.filter(isConcluded));

  for (;;) {
    const open = rows.filter((row) => !isConcluded(row));
    if (open.length === 0) {
      const { ask, stoppedBy } = nextAnchors(continueRun(run.start, rows));
      if (stoppedBy !== null) return { state: concluded(), stoppedBy, spentUsd: cap.spentUsd };
      await database.anchorAnswers.plan(
        id,
        run.setId,
        ask.map(({ anchor, heldOut }, i) => ({
          position: rows.length + i,
          anchorId: run.anchors[anchor]!.id,
          heldOut,
        })),
      );
      rows.push(...(await database.anchorAnswers.list(id)).slice(rows.length));
      continue;
    }
    const refused = await inLanes(open, settings.concurrency, signal, async (row, laneSignal) => {
      const outcome = await asker.ask(anchorOf.get(row.anchorId)!, row.position, laneSignal);
      if (outcome === null) return false;
      Object.assign(row, outcome);
      const progress = onboardingProgress(continueRun(run.start, rows), cap.spentUsd);
      if (!(await database.onboardings.record(id, progress))) throw new RunEnded();
      return true;
    });
    if (refused) return { state: concluded(), stoppedBy: 'max_cost_usd', spentUsd: cap.spentUsd };
  }
}

/**
 * Works off rows, several at a time.
 * @returns whether work was refused for one: the others are finished then, and no new one is begun.
 * @throws the first error; the others' calls are aborted.
 */
async function inLanes(
  rows: readonly AskedAnchor[],
  lanes: number,
  signal: AbortSignal,
  work: (row: AskedAnchor, signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const queue = [...rows];
  let refused = false;
  const lane = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined && !refused; row = queue.shift())
      if (!(await work(row, either))) refused = true;
  };
  const settled = await Promise.allSettled(
    Array.from({ length: Math.min(lanes, rows.length) }, () =>
      lane().catch((error: unknown) => {
        failure.abort(error);
        throw error;
      }),
    ),
  );
  signal.throwIfAborted();
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failure.signal.reason;
  return refused;
}
