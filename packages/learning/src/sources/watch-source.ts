import { clear, logRatio, moveLogit } from '../drift/log-ratio.js';

/**
 * Three ways in which a source may contradict what is expected of its verdicts, each a CUSUM of log likelihood
 * ratios: far harsher, far kinder, or no better than a coin (a judge that has it backwards is found by this one as well).
 */
export interface SourceWatch {
  readonly harsh: number;
  readonly kind: number;
  readonly coin: number;
}

export type Contradiction = keyof SourceWatch;

export const UNWATCHED: SourceWatch = { harsh: 0, kind: 0, coin: 0 };

/** Logits: a model that loses 0.15 of its accuracy lies nearer to no change than to this. */
const GROSS = 2;

/** A model that has become much worse makes an honest judge look like a coin for a while: more is asked there. */
const COIN_CAUTION = 1.5;

/**
 * Takes one verdict in.
 * @param expected what was expected of it, from the model's ability and from other sources' verdicts.
 * @param threshold h: an honest source passes it less often than once in eʰ/3 verdicts,
 *   whichever way.
 * @returns the watch, and which contradiction has gone beyond chance, if one has.
 */
export function watchSource(
  watch: SourceWatch,
  score: number,
  expected: number,
  threshold: number,
): { watch: SourceWatch; contradiction: Contradiction | null } {
  const p = clear(expected);
  const next = {
    harsh: Math.max(0, watch.harsh + logRatio(score, p, moveLogit(p, -GROSS))),
    kind: Math.max(0, watch.kind + logRatio(score, p, moveLogit(p, GROSS))),
    coin: Math.max(0, watch.coin + logRatio(score, p, 0.5)),
  };
  const worst = worstOf(next);
  return { watch: next, contradiction: suspicion(next) > threshold ? worst : null };
}

/** How far a source is on its way to being accused, on the scale of the threshold. */
export function suspicion(watch: SourceWatch): number {
  return strengthOf(watch, worstOf(watch));
}

function worstOf(watch: SourceWatch): Contradiction {
  const kinds = ['harsh', 'kind', 'coin'] as const;
  return kinds.reduce((a, b) => (strengthOf(watch, b) > strengthOf(watch, a) ? b : a));
}

function strengthOf(watch: SourceWatch, kind: Contradiction): number {
  return kind === 'coin' ? watch.coin / COIN_CAUTION : watch[kind];
}
