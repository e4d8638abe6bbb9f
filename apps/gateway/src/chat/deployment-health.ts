import { circuitBreaker, CircuitState, handleAll, isBrokenCircuitError } from 'cockatiel';
import type { CircuitBreakerPolicy, IBackoff, IBreaker } from 'cockatiel';
import type { Deployment } from '@zerorouter/providers';

export interface HealthSettings {
  /** Failures in a row after which a deployment rests. */
  failuresInARow: number;
  /** First rest after them, ms; it doubles each time the probe fails. */
  restMs: number;
  /** First rest of a deployment that cannot work before somebody mends it, ms; it doubles, too. */
  brokenRestMs: number;
}

/** How a call spoke for or against its deployment. */
export type Finding =
  | { kind: 'well' }
  /** Says nothing: the caller hung up. */
  | { kind: 'unknown' }
  | { kind: 'failed' }
  /** The provider asked to be left alone for so long. */
  | { kind: 'busy'; restMs: number }
  /** Somebody has to mend it. */
  | { kind: 'broken' };

const LONGEST_REST_MS = 30 * 60_000;

/**
 * Keeps calls away from deployments that fail: each has a circuit breaker, which opens for as long as
 * the provider asks, or longer each time, and then lets one call through to see. What is known of a
 * deployment goes with its object: one that was changed starts afresh.
 */
export class DeploymentHealth {
  private readonly circuits = new WeakMap<Deployment, Circuit>();

  constructor(private readonly settings: HealthSettings) {}

  /**
   * Makes a call unless the deployment rests, or is being probed by another one.
   * @returns null when no call was made
   */
  async run<Outcome extends { finding: Finding }>(
    deployment: Deployment,
    call: () => Promise<Outcome>,
  ): Promise<Outcome | null> {
    return this.circuitOf(deployment).run(call);
  }

  /** Ms until the deployment may be called again; 0 = at once. */
  restsFor(deployment: Deployment): number {
    return this.circuits.get(deployment)?.restsFor() ?? 0;
  }

  private circuitOf(deployment: Deployment): Circuit {
    let circuit = this.circuits.get(deployment);
    if (circuit === undefined) {
      circuit = new Circuit(this.settings);
      this.circuits.set(deployment, circuit);
    }
    return circuit;
  }
}

/** Thrown within the breaker, which counts what is thrown. */
class Failed<Outcome> extends Error {
  constructor(readonly outcome: Outcome) {
    super('the call failed');
  }
}

class Circuit {
  private readonly policy: CircuitBreakerPolicy;
  private failures = 0;
  private finding: Finding = { kind: 'well' };
  private openUntil = 0;

  constructor(private readonly settings: HealthSettings) {
    const breaker: IBreaker = {
      state: null,
      success: () => (this.failures = 0),
      failure: () => this.failures >= settings.failuresInARow,
    };
    this.policy = circuitBreaker(handleAll, { breaker, halfOpenAfter: this.rest(0) });
  }

  restsFor(): number {
    return this.policy.state === CircuitState.Open ? Math.max(0, this.openUntil - Date.now()) : 0;
  }

  async run<Outcome extends { finding: Finding }>(
    call: () => Promise<Outcome>,
  ): Promise<Outcome | null> {
    // The library would make further calls wait for the end of a probe.
    if (this.policy.state === CircuitState.HalfOpen || this.restsFor() > 0) return null;
    try {
      return await this.policy.execute(async () => {
        const outcome = await call();
        if (outcome.finding.kind === 'well') return outcome;
        this.note(outcome.finding);
        throw new Failed(outcome);
      });
    } catch (error) {
      if (error instanceof Failed) return error.outcome as Outcome;
      if (isBrokenCircuitError(error)) return null;
      throw error;
    }
  }

  private note(finding: Finding): void {
    if (finding.kind === 'unknown') {
      // A probe that nobody waited for leaves the circuit open, for the next one to see.
      if (this.policy.state === CircuitState.HalfOpen) this.finding = finding;
      return;
    }
    this.finding = finding;
    this.failures = finding.kind === 'failed' ? this.failures + 1 : this.settings.failuresInARow;
  }

  /** How long the circuit stays open, asked whenever it opens. @param times it has opened in a row. */
  private rest(times: number): IBackoff<unknown> {
    const next = (): IBackoff<unknown> => {
      const { kind } = this.finding;
      const opened = this.rest(kind === 'unknown' ? times : times + 1);
      this.openUntil = Date.now() + opened.duration;
      return opened;
    };
    return { duration: this.restMs(Math.max(0, times - 1)), next };
  }

  private restMs(doublings: number): number {
    const { restMs, brokenRestMs } = this.settings;
    const { finding } = this;
    switch (finding.kind) {
      case 'unknown':
        return 0;
      case 'busy':
        return finding.restMs;
      case 'broken':
        return Math.min(LONGEST_REST_MS, brokenRestMs * 2 ** doublings);
      case 'well':
      case 'failed':
        return Math.min(LONGEST_REST_MS, restMs * 2 ** doublings);
    }
  }
}
