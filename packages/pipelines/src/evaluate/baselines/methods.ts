/** Ours, as it is named in a report. */
export const OURS = 'zerorouter';

/** One idea under several settings, such as a number of neighbours. */
export interface MethodFamily {
  readonly name: string;
  readonly title: string;
  /** Whether the best of these is what "simple" means. */
  readonly simple: boolean;
  readonly pattern: RegExp;
}

export const METHOD_FAMILIES: readonly MethodFamily[] = [
  { name: 'model-mean', title: 'model mean', simple: true, pattern: /^model-mean$/ },
  { name: 'knn', title: 'kNN', simple: true, pattern: /^knn-\d+$/ },
  { name: 'uniroute', title: 'UniRoute k-means', simple: true, pattern: /^uniroute-\d+$/ },
  {
    name: 'shared-difficulty',
    title: 'shared difficulty + offset',
    simple: true,
    pattern: /^shared-difficulty-\d+$/,
  },
  { name: 'logistic-head', title: 'logistic head', simple: false, pattern: /^logistic-head$/ },
  {
    name: 'uniroute-many-labels',
    title: 'UniRoute, 1,000 labels',
    simple: false,
    pattern: /^uniroute-\d+-many-labels$/,
  },
  { name: 'paper-preset', title: 'paper preset', simple: false, pattern: /^paper-preset$/ },
];

export function familyOf(method: string): MethodFamily | null {
  return METHOD_FAMILIES.find(({ pattern }) => pattern.test(method)) ?? null;
}

/** The method of the lowest value among those that `admit` lets in; null when there is none. */
export function bestMethod(
  values: ReadonlyMap<string, number | null>,
  admit: (family: MethodFamily) => boolean,
  lowest: boolean,
): string | null {
  let best: string | null = null;
  let bestValue = Infinity;
  for (const [method, value] of values) {
    const family = familyOf(method);
    if (family === null || value === null || !admit(family)) continue;
    const cost = lowest ? value : -value;
    if (cost >= bestValue) continue;
    best = method;
    bestValue = cost;
  }
  return best;
}
