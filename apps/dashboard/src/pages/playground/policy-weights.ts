export interface Weights {
  accuracy: number;
  cost: number;
  latency: number;
}

export const OBJECTIVES = ['accuracy', 'cost', 'latency'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** As the router knows them, everywhere the same. */
export const PRESETS: Readonly<Record<string, Weights>> = {
  'max-accuracy': { accuracy: 1, cost: 0, latency: 0 },
  balanced: { accuracy: 1, cost: 0.05, latency: 0.02 },
  'min-cost': { accuracy: 0.1, cost: 1, latency: 0 },
  'min-latency': { accuracy: 0.1, cost: 0, latency: 1 },
};

/** The preset with these weights; null = a mix of one's own. */
export function presetOf(weights: Weights): string | null {
  const found = Object.entries(PRESETS).find(([, preset]) =>
    OBJECTIVES.every((objective) => Math.abs(preset[objective] - weights[objective]) < 1e-6),
  );
  return found?.[0] ?? null;
}

/**
 * Sliders run from 0 to 100. What matters of cost and latency happens at small weights, so that theirs
 * is the cube of the position.
 */
export function toPosition(objective: Objective, weight: number): number {
  return 100 * (objective === 'accuracy' ? weight : Math.cbrt(weight));
}

export function fromPosition(objective: Objective, position: number): number {
  const share = position / 100;
  return objective === 'accuracy' ? share : share ** 3;
}

/** The router refuses weights that are all 0. */
export function isUsable(weights: Weights): boolean {
  return OBJECTIVES.some((objective) => weights[objective] > 0);
}
