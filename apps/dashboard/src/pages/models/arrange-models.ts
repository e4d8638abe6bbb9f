import type { AdminModel } from '@zerorouter/contracts';
import { modelFacts } from './model-facts.js';
import type { TrafficFacts } from './traffic-facts.js';

type Traffic = ReadonlyMap<string, TrafficFacts>;

/** What models can be ordered by; the first comes first, and what is not known last. */
export const ORDERS = [
  { value: 'chosen', label: 'Chosen most often', by: chosen },
  { value: 'accuracy', label: 'Most accurate', by: accuracy },
  { value: 'cost', label: 'Cheapest per query', by: cost },
  { value: 'speed', label: 'First token soonest', by: speed },
  { value: 'newest', label: 'Changed last', by: newest },
] as const;

export type ModelOrder = (typeof ORDERS)[number]['value'];

/** Those that are searched for, in their order; equal ones by name, as they come. */
export function arrangeModels(
  models: readonly AdminModel[],
  options: { search: string; state: string | null; order: ModelOrder; traffic: Traffic },
): AdminModel[] {
  const { search, state, order, traffic } = options;
  const wanted = search.trim().toLowerCase();
  const { by } = ORDERS.find(({ value }) => value === order)!;
  return models
    .filter((model) => state === null || model.state === state)
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map((model) => ({ model, rank: by(model, traffic) ?? Infinity }))
    .sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
    .map(({ model }) => model);
}

function chosen({ name, state }: AdminModel, traffic: Traffic): number | null {
  const facts = traffic.get(name);
  // Ones that take part before ones that do not, where neither is chosen.
  return facts === undefined ? (state === 'retired' ? null : 1) : -facts.chosen;
}

function accuracy({ name }: AdminModel, traffic: Traffic): number | null {
  const value = traffic.get(name)?.accuracy?.value;
  return value === undefined ? null : -value;
}

function cost({ name }: AdminModel, traffic: Traffic): number | null {
  return traffic.get(name)?.costUsd ?? null;
}

function speed(model: AdminModel): number | null {
  return modelFacts(model).ttftMs;
}

function newest({ updated_at: at }: AdminModel): number {
  return -new Date(at).getTime();
}
