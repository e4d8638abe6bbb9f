import { dot, seededRandom, sigmoid } from '@zerorouter/latent-space';
import type { ItemParameters, Random } from '@zerorouter/latent-space';
import type { SourceState } from '../src/learning-state.js';
import { DEFAULT_LEARNING, newSource } from '../src/learning-state.js';
import type { Verdict } from '../src/learn-verdicts.js';

export const DAY_MS = 86_400_000;

/** A query around which models of ability 0 are right half the time; one general dimension, two lesser ones. */
export function randomItem(random: Random, dimensions = 3): ItemParameters {
  return {
    discrimination: Array.from({ length: dimensions }, (_, k) =>
      k === 0 ? 0.8 + 0.6 * random.uniform() : 0.7 * random.normal(),
    ),
    difficulty: random.normal(),
    difficultyVariance: 0.05,
  };
}

/** Whether a model of some ability answers right, its difficulty drawn from what is known of it. */
export function answers(random: Random, ability: readonly number[], item: ItemParameters): boolean {
  const difficulty = item.difficulty + Math.sqrt(item.difficultyVariance) * random.normal();
  return random.uniform() < sigmoid(dot(item.discrimination, ability) - difficulty);
}

export interface StreamOptions {
  seed: number;
  count: number;
  ability: readonly number[];
  /** What a source says of an answer; default: the truth. */
  say?: (source: string, right: boolean, random: Random, item: ItemParameters) => number | null;
  sources?: readonly string[];
  /** ms between decisions. */
  everyMs?: number;
  outputTokens?: (random: Random, i: number) => number;
}

/** Verdicts on decisions, one after the other; every source judges each of them, or keeps silent (null). */
export function simulateVerdicts(options: StreamOptions): Verdict[] {
  const { seed, count, ability, sources = ['users'], everyMs = DAY_MS / 20 } = options;
  const say = options.say ?? ((_source, right) => (right ? 1 : 0));
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const item = randomItem(random, ability.length);
    const right = answers(random, ability, item);
    const outputTokens = options.outputTokens?.(random, i) ?? null;
    return sources.flatMap((source, s) => {
      const score = say(source, right, random, item);
      return score === null
        ? []
        : [
            {
              id: `v${i}-${s}`,
              decision: `d${i}`,
              source,
              at: i * everyMs + s,
              score,
              item,
              logOutputTokens: 5,
              outputTokens,
              vouched: false,
            },
          ];
    });
  }).flat();
}

export function unknownSources(...names: string[]): Map<string, SourceState> {
  return new Map(names.map((name) => [name, newSource(DEFAULT_LEARNING)]));
}
