import type { RouterForecasts } from '@zerorouter/latent-space';
import {
  averageImprovementInQuality,
  nonDecreasingHull,
  seededRandom,
  singleModelPoints,
} from '@zerorouter/latent-space';
import { OURS } from '../baselines/methods.js';
import type { Labels } from '../baselines/training-labels.js';
import type { Cell } from '../cells/cell-row.js';
import type { ModelForecasts } from '../cells/seen-models.js';
import type { ProtocolSettings } from '../protocol/settings.js';
import type { RunContext } from '../run/run-context.js';
import { aiqDifference } from './bootstrap-aiq.js';
import { beliefsOf, routeTable } from './route-table.js';
import type { RoutingTable } from './routing-table.js';
import { routingTable } from './routing-table.js';

/** Among whom is routed: the new models alone, or those that the space knows too. */
export type OnboardedPool = 'newcomers' | 'all';

/** What routing is worth when the new models are known by a few anchors alone. */
export interface OnboardedRouting {
  readonly cell: Cell;
  readonly group: string;
  readonly pool: OnboardedPool;
  readonly queries: number;
  readonly models: number;
  readonly newcomers: number;
  /** AIQ of asking the strongest or the cheapest model by chance: what needs no router. */
  readonly mixedAiq: number;
  /** The same router with the new models' answers to every query that they could be asked. */
  readonly labelled: { readonly labels: number; readonly aiq: number };
  readonly points: readonly {
    readonly anchors: number;
    readonly aiq: number;
    /** (AIQ − mixed) ÷ (labelled − mixed); null where the labelled router gains next to nothing. */
    readonly gainShare: number | null;
    /** AIQ minus that of the labelled router, with the 95% interval of the paired bootstrap. */
    readonly difference: number;
    readonly interval: readonly [number, number] | null;
    /** Σ predicted ÷ Σ realised cost of all calls of the new models. */
    readonly costRatio: number;
  }[];
}

/** Of a smaller gain a share says nothing. */
const LEAST_GAIN = 0.005;

/**
 * @param arms forecasts for the same models (new ones last) by number of anchors; the last is the
 *   fully labelled one.
 * @param labels per model, of the fully labelled one: strongest and cheapest are by these for all arms.
 * @returns null where the costs are not known.
 */
export function onboardedRouting(
  { data, seed }: RunContext,
  { draws }: ProtocolSettings,
  name: Pick<OnboardedRouting, 'cell' | 'group' | 'pool'>,
  arms: readonly { readonly anchors: number; readonly forecasts: ModelForecasts }[],
  labels: readonly Labels[],
  newcomers: readonly number[],
): OnboardedRouting | null {
  const tables = arms.map(({ forecasts }) => routingTable(data, forecasts, labels));
  const full = tables.at(-1);
  if (full === undefined || full === null) return null;
  const range = routeTable(full, null).costRange;
  const aiqOf = (table: RoutingTable) =>
    routeTable(table, null).routers.find(({ router }) => router === OURS)!.aiq;
  const points = singleModelPoints(full.outcomes);
  const mixedAiq = averageImprovementInQuality(
    nonDecreasingHull([points[full.cheapest]!, points[full.strongest]!]),
    ...range,
  );
  const labelledAiq = aiqOf(full);
  const names = new Set(newcomers.map((s) => data.subjects[s]!.name));
  const columns = full.models.map((model) => names.has(model));
  return {
    ...name,
    queries: full.outcomes.queries,
    models: full.models.length,
    newcomers: columns.filter((own) => own).length,
    mixedAiq,
    labelled: { labels: arms.at(-1)!.anchors, aiq: labelledAiq },
    points: tables.slice(0, -1).flatMap((table, arm) => {
      if (table === null || table.models.join() !== full.models.join()) return [];
      const aiq = aiqOf(table);
      const difference = aiqDifference(
        full,
        beliefsOf(table, OURS),
        beliefsOf(full, OURS),
        range,
        draws,
        seededRandom(seed),
      );
      const gain = labelledAiq - mixedAiq;
      return [
        {
          anchors: arms[arm]!.anchors,
          aiq,
          gainShare: gain < LEAST_GAIN ? null : (aiq - mixedAiq) / gain,
          difference: difference.value,
          interval: difference.interval,
          costRatio: costRatio(beliefsOf(table, OURS), full, columns),
        },
      ];
    }),
  };
}

function costRatio(
  { costUsd }: RouterForecasts,
  { outcomes }: RoutingTable,
  counted: readonly boolean[],
): number {
  let predicted = 0;
  let realised = 0;
  outcomes.costUsd.forEach((cost, at) => {
    if (!counted[at % counted.length]!) return;
    predicted += costUsd[at]!;
    realised += cost;
  });
  return predicted / realised;
}
