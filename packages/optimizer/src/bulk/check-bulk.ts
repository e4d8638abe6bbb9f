import type { BulkConstraints, BulkInstance } from './bulk-instance.js';

/** @throws RangeError when the matrices or the constraints are malformed, with the value and its place. */
export function checkBulk(instance: BulkInstance, constraints: BulkConstraints): void {
  const { queries, models, probability, costUsd, latencyS } = instance;
  for (const [name, count] of Object.entries({ queries, models }))
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`${name} must be a whole number from 1, got ${count}`);
  const limits = { probability: 1, costUsd: Number.MAX_VALUE, latencyS: Number.MAX_VALUE };
  for (const [name, values] of Object.entries({ probability, costUsd, latencyS })) {
    const cells = queries * models;
    if (values.length !== cells)
      throw new RangeError(`${name} has ${values.length} cells, expected ${queries} × ${models}`);
    const most = limits[name as keyof typeof limits];
    for (let cell = 0; cell < cells; cell++)
      if (values[cell] < 0 || values[cell] > most)
        throw new RangeError(
          `${name} of query ${Math.floor(cell / models)} and model ${cell % models} is ${values[cell]}, expected 0 to ${most === 1 ? 1 : 'a finite number'} or NaN`,
        );
  }
  checkConstraints(models, constraints);
}

function checkConstraints(models: number, constraints: BulkConstraints): void {
  const { budgetUsd, capacity, minMeanAccuracy, maxLatencyS } = constraints;
  for (const [name, value] of Object.entries({ budgetUsd, minMeanAccuracy, maxLatencyS }))
    if (value !== undefined && !(value >= 0 && value < Infinity))
      throw new RangeError(`${name} must be a finite number from 0, got ${value}`);
  if (minMeanAccuracy !== undefined && minMeanAccuracy > 1)
    throw new RangeError(`minMeanAccuracy must be at most 1, got ${minMeanAccuracy}`);
  if (capacity === undefined) return;
  if (capacity.length !== models)
    throw new RangeError(
      `capacity has ${capacity.length} entries, expected one per model: ${models}`,
    );
  for (const [model, calls] of capacity.entries())
    if (calls !== null && !(Number.isSafeInteger(calls) && calls >= 0))
      throw new RangeError(
        `capacity of model ${model} is ${calls}, expected a whole number or null`,
      );
}
