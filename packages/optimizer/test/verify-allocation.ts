import type { BulkConstraints, BulkInstance } from '../src/bulk/bulk-instance.js';

/** Every broken constraint of a choice, in words; found by plain sums and counts alone. */
export function violations(
  instance: BulkInstance,
  constraints: BulkConstraints,
  choice: Int32Array,
): string[] {
  const { queries, models, probability, costUsd, latencyS } = instance;
  const { budgetUsd, capacity, minMeanAccuracy, maxLatencyS } = constraints;
  const found: string[] = [];
  const calls = new Array<number>(models).fill(0);
  let correct = 0;
  let cost = 0;
  for (let i = 0; i < queries; i++) {
    const m = choice[i];
    const cell = i * models + m;
    if (!(m >= 0 && m < models) || Number.isNaN(probability[cell])) {
      found.push(`query ${i} got model ${m}`);
      continue;
    }
    calls[m]++;
    correct += probability[cell];
    cost += costUsd[cell];
    if (maxLatencyS !== undefined && !(latencyS[cell] <= maxLatencyS))
      found.push(`query ${i} takes ${latencyS[cell]} s`);
  }
  // What a sum of decimals in binary may be off by.
  const rounding = 1 + 2e-12;
  if (choice.length !== queries) found.push(`${choice.length} choices`);
  if (budgetUsd !== undefined && !(cost <= budgetUsd * rounding)) found.push(`costs ${cost}`);
  if (minMeanAccuracy !== undefined && !((correct / queries) * rounding >= minMeanAccuracy))
    found.push(`mean accuracy ${correct / queries}`);
  calls.forEach((count, m) => {
    if (count > (capacity?.[m] ?? Infinity)) found.push(`model ${m} is called ${count} times`);
  });
  return found;
}
