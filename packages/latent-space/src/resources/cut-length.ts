import { normalCumulative } from './normal-distribution.js';

/** What is expected of a log-normal length that was cut: known only to be at least so long. */
export interface CutLength {
  /** E[log L | L ≥ cut] and Var[log L | L ≥ cut]. */
  readonly logTokens: number;
  readonly variance: number;
  /** E[L | L ≥ cut] */
  readonly tokens: number;
  /** What it tells of the mean of log L, as a part of what the length itself would have told. */
  readonly information: number;
}

/** Further out the normal tail is not computed: the cut lies that many deviations above what is believed. */
const FARTHEST = 8;

/**
 * With z = (log cut − mean)/σ and the hazard h = φ(z)/(1 − Φ(z)) (Tobin 1958; moments of the truncated normal):
 *   E[log L] = mean + σh,  Var[log L] = σ²(1 + zh − h²),  E[L] = e^(mean + σ²/2)·(1 − Φ(z − σ))/(1 − Φ(z))
 * and the information h(h − z) (Louis 1982).
 */
export function expectCutLength(cutTokens: number, mean: number, deviation: number): CutLength {
  const z = Math.min(FARTHEST, (Math.log(cutTokens) - mean) / deviation);
  const beyond = normalCumulative(-z);
  const hazard = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / beyond;
  return {
    logTokens: mean + deviation * hazard,
    variance: Math.max(0, deviation ** 2 * (1 + z * hazard - hazard ** 2)),
    tokens: Math.max(
      cutTokens,
      (Math.exp(mean + deviation ** 2 / 2) * normalCumulative(deviation - z)) / beyond,
    ),
    information: Math.min(1, Math.max(0, hazard * (hazard - z))),
  };
}
