import { seededRandom } from '@zerorouter/latent-space';
import { bestMethod, OURS } from '../baselines/methods.js';
import type { Labels } from '../baselines/training-labels.js';
import type { Cell } from '../cells/cell-row.js';
import type { ModelForecasts } from '../cells/seen-models.js';
import type { ProtocolSettings, RoutingRow } from '../protocol/settings.js';
import type { RunContext } from '../run/run-context.js';
import { aiqDifference } from './bootstrap-aiq.js';
import { compareAtBudgets } from './budget-comparison.js';
import { costFigures } from './cost-figures.js';
import { beliefsOf, routeTable } from './route-table.js';
import { routingTable, sameModels } from './routing-table.js';

/**
 * Routes the judged queries of one data set or group; null where its costs are not known.
 *
 * @param labels per model: what is known of it beforehand.
 * @param tuning forecasts for the same models on training queries, for operating points.
 */
export async function judgeRouting(
  { data, seed }: RunContext,
  { draws }: ProtocolSettings,
  name: { readonly cell: Cell; readonly group: string; readonly source: number },
  forecasts: ModelForecasts,
  labels: readonly Labels[],
  tuning: ModelForecasts | null,
): Promise<RoutingRow | null> {
  const table = routingTable(data, forecasts, labels);
  if (table === null) return null;
  const tuned = tuning === null ? null : routingTable(data, tuning, labels);
  const tuningTable = tuned !== null && sameModels(table, tuned) ? tuned : null;
  const figures = routeTable(table, tuningTable);
  const simple = bestMethod(
    new Map(figures.routers.map(({ router, aiq }) => [router, aiq])),
    (family) => family.simple,
    false,
  );
  return {
    cell: name.cell,
    group: name.group,
    costBasis: data.costBasis[name.source]!,
    figures,
    aiqDifference:
      simple === null
        ? null
        : {
            method: simple,
            ...aiqDifference(
              table,
              beliefsOf(table, OURS),
              beliefsOf(table, simple),
              figures.costRange,
              draws,
              seededRandom(seed),
            ),
          },
    costs: costFigures(table, tuningTable, 'paper-preset'),
    budgets: await compareAtBudgets(table, tuningTable, draws, seededRandom(seed)),
  };
}

/** Two sets of models on the same queries as one, with the methods that both have. */
export function joinForecasts(a: ModelForecasts, b: ModelForecasts): ModelForecasts {
  const queries = a.judged.queries.length;
  const [m, n] = [a.judged.subjects.length, b.judged.subjects.length];
  const beside = (left: Float64Array, right: Float64Array) => {
    const joined = new Float64Array(queries * (m + n));
    for (let q = 0; q < queries; q++) {
      joined.set(left.subarray(q * m, (q + 1) * m), q * (m + n));
      joined.set(right.subarray(q * n, (q + 1) * n), q * (m + n) + m);
    }
    return joined;
  };
  return {
    judged: { ...a.judged, subjects: [...a.judged.subjects, ...b.judged.subjects] },
    methods: new Map(
      [...a.methods].flatMap(([method, left]) => {
        const right = b.methods.get(method);
        return right === undefined ? [] : [[method, beside(left, right)] as const];
      }),
    ),
    costUsd: beside(a.costUsd, b.costUsd),
  };
}
