import type { PassedRequest } from '@zerorouter/contracts';
import type { ScorableModel } from '@zerorouter/latent-space';
import { AnswerMeter, editMembers } from '@zerorouter/providers';
import type { Caller } from '../access/caller.js';
import type { Admission } from '../admission/admission.js';
import { endCallSpan } from '../metrics/provider-spans.js';
import type { Registry } from '../registry/registry.js';
import type { Answered, AskInTurn, Attempt } from './ask-in-turn.js';
import { CallAccount } from './call-account.js';
import type { AccountedRequest, PriceBook } from './call-account.js';
import { tokenPrices } from './call-cost.js';
import type { TokenPrices } from './call-cost.js';
import type { CallLog } from './call-log.js';
import type { DeploymentAlerts } from './deployment-alerts.js';
import type { ModelDirectory, ServedModel } from './model-directory.js';
import type { PassedEnding } from './pass-answer.js';
import type { PromptSize } from './prompt-size.js';
import type { StreamUsage } from './stream-usage.js';

/** A request whose body goes on as it came. */
export interface ProxyRequest {
  bytes: Buffer;
  /** For the provider. */
  headers: Readonly<Record<string, string>>;
  caller: Caller;
  /** Fires when the client leaves. */
  signal: AbortSignal;
}

/** A request and what was read of it. */
export interface ReadRequest extends ProxyRequest {
  /** Below the base URL of a deployment. */
  operation: string;
  body: PassedRequest;
  size: PromptSize;
}

/** What an answer passes through. */
export interface Metering {
  meter: AnswerMeter;
  /** To be told when nothing more of the answer will pass. */
  onEnd: (ending: PassedEnding) => void;
}

export interface Asked {
  answered: Answered;
  attempts: readonly Attempt[];
  /** Null where there is no answer. */
  metering: Metering | null;
}

/** Calls models, and keeps account of what that costs. */
export class ProviderCalls implements PriceBook {
  constructor(
    private readonly registry: Registry,
    private readonly directory: ModelDirectory,
    private readonly asking: AskInTurn,
    private readonly alerts: DeploymentAlerts,
    private readonly streamUsage: StreamUsage,
    private readonly log: CallLog,
    private readonly onAttempt: (attempt: Attempt) => void = () => undefined,
  ) {}

  open(
    { caller, operation, body, size }: ReadRequest,
    admission: Admission,
    decided: Pick<AccountedRequest, 'policy' | 'decisionId' | 'latents'>,
  ): CallAccount {
    const { keyId } = caller;
    const request = { keyId, operation, size, streamed: body['stream'] === true, ...decided };
    return new CallAccount(request, admission, this, this.log);
  }

  prices(model: string): TokenPrices | null {
    return tokenPrices(this.directory.find(model)?.prices ?? null, this.profile(model));
  }

  profile(model: string): ScorableModel | undefined {
    const { candidates } = this.registry.current;
    return candidates.find(({ profile }) => profile.model === model)?.profile;
  }

  /** @param models best first; the first is covered by the account. */
  async ask(
    models: readonly ServedModel[],
    { operation, bytes, headers, signal, body }: ReadRequest,
    account: CallAccount,
  ): Promise<Asked> {
    const asksUsage = operation === 'chat/completions' && this.streamUsage.fits(body);
    const attempts: Attempt[] = [];
    // Of the body that was made last: the one that is answered.
    let hidesUsage = false;
    const answered = await this.asking
      .ask(
        {
          models,
          path: `/${operation}`,
          headers,
          bodyFor: (deployment) => {
            const add = asksUsage ? this.streamUsage.membersFor(deployment) : {};
            hidesUsage = Object.keys(add).length > 0;
            return editMembers(bytes, {
              set: { model: JSON.stringify(deployment.upstreamModel) },
              remove: ['zerorouter'],
              add,
            });
          },
          takesBack: (deployment, refusal) =>
            asksUsage && this.streamUsage.takesBack(deployment, refusal),
          admits: ({ name }) => account.covers(name),
          signal,
          onBroken: (model, deployment, error) => this.alerts.raise(model, deployment, error),
        },
        attempts,
      )
      .catch((error: unknown) => {
        account.cancel();
        throw error;
      })
      .finally(() => attempts.forEach(this.onAttempt));
    if (answered.kind === 'answer')
      return { answered, attempts, metering: meterOf(answered, attempts, account, hidesUsage) };
    endWithoutAnswer(answered, attempts, account);
    return { answered, attempts, metering: null };
  }
}

function meterOf(
  { model, response }: Extract<Answered, { kind: 'answer' }>,
  attempts: readonly Attempt[],
  account: CallAccount,
  hidesUsage: boolean,
): Metering {
  const { statusCode: status, headers } = response;
  const meter = new AnswerMeter({
    contentType: one(headers['content-type']),
    contentEncoding: one(headers['content-encoding']),
    hidesUsage,
  });
  return {
    meter,
    onEnd: (ending) => {
      const metered = meter.result();
      endCallSpan(response, metered, ending);
      account.end({ ending, model: model.name, status, metered }, attempts);
    },
  };
}

function endWithoutAnswer(
  answered: Exclude<Answered, { kind: 'answer' }>,
  attempts: readonly Attempt[],
  account: CallAccount,
): void {
  switch (answered.kind) {
    case 'final': {
      const { model, answer } = answered;
      const ended = { ending: 'refused', model: model.name, status: answer.statusCode } as const;
      return account.end({ ...ended, metered: null }, attempts);
    }
    case 'failed': {
      const { kind, status } = answered.error;
      const ending = kind === 'aborted' ? 'aborted' : 'failed';
      return account.end({ ending, model: null, status, metered: null }, attempts);
    }
    case 'resting':
      return account.cancel();
  }
}

const one = (header: string | string[] | undefined): string | undefined => [header].flat()[0];
