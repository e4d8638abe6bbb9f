import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderError } from '@zerorouter/providers';
import type { Deployment, ProviderNetwork } from '@zerorouter/providers';
import { spanCall } from '../metrics/provider-spans.js';
import { attempt } from './attempt.js';
import type { BegunAnswer, Outcome, WholeAnswer } from './attempt.js';
import type { DeploymentHealth } from './deployment-health.js';
import type { ServedModel } from './model-directory.js';

/** One call, or one that was not made, as it is recorded. */
export interface Attempt {
  model: string;
  deployment: string;
  /** HTTP status; `resting` and `over-budget` = not called; else how the call failed: `connect`, `timeout`, `cut`, … */
  outcome: number | string;
  /** To the first byte, or to the failure. */
  ms: number;
}

export type Answered =
  | { kind: 'answer'; model: ServedModel; response: BegunAnswer }
  /** A refusal that is the request's own. */
  | { kind: 'final'; model: ServedModel; answer: WholeAnswer }
  | { kind: 'failed'; error: ProviderError }
  /** Nobody was called. */
  | { kind: 'resting'; restsMs: number };

export interface Question {
  /** Best first. */
  models: readonly ServedModel[];
  /** Below the base URL. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** The body as a deployment is to get it. */
  bodyFor: (deployment: Deployment) => Buffer;
  /** Fires when the client leaves. */
  signal: AbortSignal;
  /** Whether a model may be called at all, asked once before its first call; absent = each may. */
  admits?: (model: ServedModel) => Promise<boolean>;
  /** Whether a refusal was about something of ours that `bodyFor` leaves out from now on: it is called again. */
  takesBack?: (deployment: Deployment, refusal: WholeAnswer) => boolean;
  /** Told of every deployment that cannot work until it is mended. */
  onBroken: (model: ServedModel, deployment: Deployment, error: ProviderError) => void;
}

export interface AskSettings {
  /** From the first call to the first byte of an answer, all calls together, ms. */
  timeoutMs: number;
  /** The same of a single call, ms. */
  attemptTimeoutMs: number;
}

/** Once more where all that failed may pass: the only deployment of the only model deserves it. */
const ROUNDS = 2;
const MOST_CALLS = 12;
const PAUSE_MS = 250;

/** Asks models until one begins to answer; from its first byte on there is no other. */
export class AskInTurn {
  private turn = 0;

  constructor(
    private readonly network: ProviderNetwork,
    private readonly health: DeploymentHealth,
    private readonly settings: AskSettings,
    private readonly random: () => number,
  ) {}

  /** @param attempts is filled with every call, in order. */
  async ask(question: Question, attempts: Attempt[]): Promise<Answered> {
    const walk = new Walk();
    const deadline = Date.now() + this.settings.timeoutMs;
    const turn = this.turn++;
    for (let round = 0; round < ROUNDS; round++) {
      if (round > 0 && !(await this.pause(question.signal, deadline))) break;
      for (const model of question.models)
        for (const deployment of rotate(model.deployments, turn)) {
          if (walk.skips(model, deployment)) continue;
          if (!(await walk.admits(model, question))) {
            attempts.push(notCalled(model, deployment, 'over-budget'));
            continue;
          }
          const leftMs = deadline - Date.now();
          if (leftMs <= 0 || walk.calls >= MOST_CALLS) return walk.end(this.health);
          const outcome = await this.call(question, model, deployment, leftMs, attempts);
          const rests = this.health.restsFor(deployment) > 0;
          const answered = walk.take(model, deployment, outcome, rests);
          if (answered !== null) return answered;
        }
      if (!walk.mayPass) break;
    }
    return walk.end(this.health);
  }

  private async call(
    { path, headers, bodyFor, takesBack, signal, onBroken }: Question,
    model: ServedModel,
    deployment: Deployment,
    leftMs: number,
    attempts: Attempt[],
  ): Promise<Outcome | null> {
    const start = performance.now();
    const timeoutMs = Math.min(leftMs, this.settings.attemptTimeoutMs);
    const once = (): Promise<Outcome> =>
      spanCall(deployment, path, () =>
        attempt(this.network, {
          deployment,
          path,
          headers,
          body: bodyFor(deployment),
          signal,
          timeoutMs,
        }),
      );
    const outcome = await this.health.run(deployment, async () => {
      const first = await once();
      return first.kind === 'final' && takesBack?.(deployment, first.answer) ? once() : first;
    });
    attempts.push(
      outcome === null
        ? notCalled(model, deployment, 'resting')
        : {
            model: model.name,
            deployment: deployment.id,
            outcome: outcomeOf(outcome),
            ms: Math.round(performance.now() - start),
          },
    );
    if (outcome?.finding.kind === 'broken' && outcome.kind === 'failed')
      onBroken(model, deployment, outcome.error);
    return outcome;
  }

  /** @returns whether there is time left, and somebody who waits */
  private async pause(signal: AbortSignal, deadline: number): Promise<boolean> {
    const ms = PAUSE_MS * (0.5 + this.random() / 2);
    if (Date.now() + ms >= deadline) return false;
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}

/** What a walk along the models has met so far. */
class Walk {
  calls = 0;
  /** Whether the same calls may yet succeed. */
  mayPass = false;
  private readonly over = new Set<Deployment>();
  private readonly admitted = new Map<ServedModel, boolean>();
  private readonly resting: Deployment[] = [];
  private failure: ProviderError | null = null;
  private tooLong: { model: ServedModel; answer: WholeAnswer } | null = null;

  skips(model: ServedModel, deployment: Deployment): boolean {
    return this.over.has(deployment) || !this.fits(model);
  }

  /** Asked once for each model. */
  async admits(model: ServedModel, { admits }: Question): Promise<boolean> {
    const known = this.admitted.get(model);
    if (known !== undefined) return known;
    const admitted = admits === undefined || (await admits(model));
    this.admitted.set(model, admitted);
    if (!admitted) for (const deployment of model.deployments) this.over.add(deployment);
    return admitted;
  }

  /** @returns what ends the walk; null = it goes on */
  take(
    model: ServedModel,
    deployment: Deployment,
    outcome: Outcome | null,
    rests: boolean,
  ): Answered | null {
    if (outcome === null) {
      this.over.add(deployment);
      this.resting.push(deployment);
      return null;
    }
    this.calls++;
    switch (outcome.kind) {
      case 'answer':
        return { kind: 'answer', model, response: outcome.response };
      case 'final':
        return { kind: 'final', model, answer: outcome.answer };
      case 'too-long':
        this.tooLong = { model, answer: outcome.answer };
        return null;
      case 'failed':
        if (outcome.error.kind === 'aborted') return { kind: 'failed', error: outcome.error };
        this.failure = outcome.error;
        if (outcome.error.retryable && !rests) this.mayPass = true;
        else this.over.add(deployment);
        return null;
    }
  }

  end(health: DeploymentHealth): Answered {
    if (this.failure !== null) return { kind: 'failed', error: this.failure };
    if (this.tooLong !== null) return { kind: 'final', ...this.tooLong };
    const rests = this.resting.map((deployment) => health.restsFor(deployment));
    return { kind: 'resting', restsMs: Math.min(...rests) };
  }

  /** A conversation that was too long for one model is not shown to those whose window is no larger. */
  private fits({ id, contextWindow }: ServedModel): boolean {
    if (this.tooLong === null) return true;
    const { model: failed } = this.tooLong;
    if (failed.id === id) return false;
    return (
      failed.contextWindow === null ||
      contextWindow === null ||
      contextWindow > failed.contextWindow
    );
  }
}

function notCalled(
  { name: model }: ServedModel,
  { id: deployment }: Deployment,
  outcome: 'resting' | 'over-budget',
): Attempt {
  return { model, deployment, outcome, ms: 0 };
}

function outcomeOf(outcome: Outcome): number | string {
  switch (outcome.kind) {
    case 'answer':
      return outcome.response.statusCode;
    case 'final':
    case 'too-long':
      return outcome.answer.statusCode;
    case 'failed':
      return outcome.error.status ?? outcome.error.kind;
  }
}

/** Deployments of one model share its calls. */
function rotate<T>(list: readonly T[], by: number): readonly T[] {
  if (list.length < 2) return list;
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
