import type { LatentMapView } from '@zerorouter/contracts';
import { project } from './principal-axes.js';

export type ColourBy = 'difficulty' | 'domain' | 'model';

/** A query or an anchor on the map. */
export interface MapPoint {
  key: string;
  kind: 'query' | 'anchor';
  x: number;
  y: number;
  difficulty: number;
  /** Of an anchor; a query has none. */
  domain: string | null;
  /** The model in traffic that is likeliest to be right on it; null where there is none. */
  best: string | null;
  /** The model that was chosen, and when; null for an anchor. */
  decision: {
    id: string;
    at: string;
    model: string;
    pCorrect: number | null;
    inDomain: number;
  } | null;
  /** Name of the anchor, and of its set. */
  anchor: { id: string; set: string } | null;
}

export interface LatentMap {
  points: MapPoint[];
  explained: [number, number];
}

/** Lays queries and anchors out by the two directions in which their latent coordinates differ most. */
export function layOut(map: LatentMapView): LatentMap {
  const { decisions, anchors, models } = map;
  const placed = [...decisions, ...anchors];
  const { points, explained } = project(
    placed.map(({ discrimination, difficulty }) => [...discrimination, difficulty]),
  );
  const at = (i: number) => ({ x: points[i]?.[0] ?? 0, y: points[i]?.[1] ?? 0 });
  const queries = decisions.map((query, i): MapPoint => ({
    key: query.decision_id,
    kind: 'query',
    ...at(i),
    difficulty: query.difficulty,
    domain: null,
    best: bestModel(models, query.discrimination),
    decision: {
      id: query.decision_id,
      at: query.created_at,
      model: query.model,
      pCorrect: query.p_correct,
      inDomain: query.in_domain,
    },
    anchor: null,
  }));
  const marks = anchors.map((anchor, i): MapPoint => ({
    key: `${anchor.set}/${anchor.anchor_id}`,
    kind: 'anchor',
    ...at(decisions.length + i),
    difficulty: anchor.difficulty,
    domain: anchor.domain,
    best: bestModel(models, anchor.discrimination),
    decision: null,
    anchor: { id: anchor.anchor_id, set: anchor.set },
  }));
  return { points: [...queries, ...marks], explained };
}

/** Highest αᵀθ: the difficulty is the same for all. */
export function bestModel(
  models: LatentMapView['models'],
  discrimination: readonly number[],
): string | null {
  let best: { model: string; logit: number } | null = null;
  for (const { model, ability } of models) {
    const logit = discrimination.reduce((sum, alpha, k) => sum + alpha * (ability[k] ?? 0), 0);
    if (best === null || logit > best.logit) best = { model, logit };
  }
  return best?.model ?? null;
}
