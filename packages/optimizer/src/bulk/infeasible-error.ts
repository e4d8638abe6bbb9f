import { DomainError } from '@zerorouter/contracts';

/** Which constraint cannot be kept, under the names of the HTTP and command-line interfaces. */
export type BindingConstraint =
  'eligibility' | 'max_latency_s' | 'budget_usd' | 'capacity' | 'min_accuracy';

/**
 * No allocation keeps the constraints. `nearest` is the value of the binding constraint, the others
 * unchanged, from which there is one: a number, for capacities one per model, or null when no value
 * would do.
 */
export class InfeasibleError extends DomainError<'infeasible'> {
  constructor(
    readonly constraint: BindingConstraint,
    readonly nearest: number | readonly (number | null)[] | null,
    message: string,
    details: Record<string, unknown> = {},
  ) {
    super('infeasible', message, { details: { constraint, nearest, ...details } });
  }
}
