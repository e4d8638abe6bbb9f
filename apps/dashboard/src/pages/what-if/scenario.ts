import type { PolicySelector, SimulateRequest, SimulateResponse } from '@zerorouter/contracts';

/** What is to be tried, as the page holds it. */
export interface Scenario {
  /** Newest decisions that it is tried on, at most. */
  limit: number;
  /** Null = each decision's own. */
  policy: PolicySelector | null;
  removed: readonly string[];
  /** Of models that stay; USD per million tokens. */
  prices: Readonly<Record<string, { input: number; output: number }>>;
  added: readonly AddedModel[];
}

export interface AddedModel {
  model: string;
  /** Whose profile it has; null = its own, which is stored. */
  like: string | null;
  prices: { input: number; output: number } | null;
}

export const TODAY: Scenario = { limit: 500, policy: null, removed: [], prices: {}, added: [] };

/** What would be asked with nothing changed. */
export const isToday = ({ policy, removed, prices, added }: Scenario): boolean =>
  policy === null && removed.length + Object.keys(prices).length + added.length === 0;

export function toSimulateRequest(scenario: Scenario): Partial<SimulateRequest> {
  const { limit, policy, removed, added } = scenario;
  const prices = Object.entries(scenario.prices).filter(([model]) => !removed.includes(model));
  return {
    limit,
    ...(policy === null ? {} : { policy }),
    ...(removed.length === 0 ? {} : { remove: [...removed] }),
    ...(prices.length === 0
      ? {}
      : { reprice: Object.fromEntries(prices.map(([model, price]) => [model, perMtok(price)])) }),
    ...(added.length === 0
      ? {}
      : {
          add: added.map(({ model, like, prices: own }) => ({
            model,
            ...(like === null ? {} : { like }),
            ...(own === null ? {} : { prices: perMtok(own) }),
          })),
        }),
  };
}

const perMtok = ({ input, output }: { input: number; output: number }) => ({
  input_per_mtok: input,
  output_per_mtok: output,
});

/** In words, for the list of what is being tried. */
export function describeScenario(scenario: Scenario, usd: (value: number) => string): string[] {
  const { policy, removed, prices, added } = scenario;
  const priced = ({ input, output }: { input: number; output: number }) =>
    `${usd(input)} in, ${usd(output)} out per million tokens`;
  return [
    ...(policy === null ? [] : [`policy: ${describePolicy(policy)}`]),
    ...removed.map((model) => `without ${model}`),
    ...Object.entries(prices)
      .filter(([model]) => !removed.includes(model))
      .map(([model, price]) => `${model} at ${priced(price)}`),
    ...added.map(
      ({ model, like, prices: own }) =>
        `with ${model}${like === null ? '' : `, which answers like ${like}`}${own === null ? '' : `, at ${priced(own)}`}`,
    ),
  ];
}

export function describePolicy(policy: PolicySelector): string {
  if (typeof policy === 'string') return policy;
  if ('dial' in policy) return `dial at ${policy.dial}`;
  const { accuracy, cost, latency } = policy.weights;
  return `weights ${accuracy} accuracy, ${cost} cost, ${latency} latency`;
}

/** Models by how many decisions they win or lose, the largest change first. */
export function shareChanges({ baseline, scenario, decisions }: SimulateResponse) {
  const models = new Set([...Object.keys(baseline.models), ...Object.keys(scenario.models)]);
  return [...models]
    .map((model) => ({
      model,
      before: baseline.models[model] ?? 0,
      after: scenario.models[model] ?? 0,
    }))
    .sort(
      (a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || b.after - a.after,
    )
    .map(({ model, before, after }) => ({
      model,
      before: decisions === 0 ? 0 : before / decisions,
      after: decisions === 0 ? 0 : after / decisions,
    }));
}
