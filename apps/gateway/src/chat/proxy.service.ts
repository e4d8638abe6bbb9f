import {
  chatRequestSchema,
  DomainError,
  isDomainError,
  matchesGlob,
  NO_DEPLOYMENT,
  passedRequestSchema,
} from '@zerorouter/contracts';
import type { PassedRequest, RouteRequest } from '@zerorouter/contracts';
import { parseRequest } from '@zerorouter/platform';
import { PINNED } from '../admission/admission.js';
import type { Admission } from '../admission/admission.js';
import type { AdmissionService } from '../admission/admission.service.js';
import type { Registry } from '../registry/registry.js';
import type { PreparedRoute, RouteService } from '../routing/route.service.js';
import type { CallAccount } from './call-account.js';
import { noDeployment, notFound, onlyOfCallable } from './chat-refusals.js';
import { readModelChoice, toRouteRequest } from './model-choice.js';
import type { ModelChoice } from './model-choice.js';
import type { ModelDirectory, ServedModel } from './model-directory.js';
import { parseBody } from './parse-body.js';
import { measurePrompt } from './prompt-size.js';
import type { PromptSize } from './prompt-size.js';
import type { Asked, ProviderCalls, ProxyRequest, ReadRequest } from './provider-calls.js';

/** What came of it, and what is told besides: `x-zerorouter-*`. */
export interface Proxied extends Asked {
  policy: string;
  /** Null for a model that the request names: nothing was decided. */
  decisionId: string | null;
  /** Where it was asked for. */
  reason: string | null;
}

/** Models that `auto` stands for where nothing is decided; absent = none. */
export interface DefaultModels {
  embeddings?: string | undefined;
  responses?: string | undefined;
}

/**
 * Passes requests on to providers. A request that names its model goes straight through, and nothing is
 * predicted. Any other is decided like one of `/v1/route`; its decision is stored, with every call that
 * was made for it, when the first byte of the answer is there and before it is passed on. What either has
 * cost is stored after the end of the answer.
 */
export class ProxyService {
  constructor(
    private readonly registry: Registry,
    private readonly directory: ModelDirectory,
    private readonly routing: RouteService,
    private readonly admissions: AdmissionService,
    private readonly calls: ProviderCalls,
    private readonly defaults: DefaultModels,
  ) {}

  /**
   * @throws DomainError as RouteService and AdmissionService, `key-budget-exhausted`, `model-not-found`,
   *   `no-deployment`; ProblemError
   */
  async chat(request: ProxyRequest): Promise<Proxied> {
    const read = this.read(request, 'chat/completions');
    const choice = readModelChoice(read.body.model);
    if (choice.kind === 'pinned') return this.pinned(choice.model, read);
    const route = this.toRoute(read, choice);
    this.requireSomeDeployment(choice);
    const { models, policy } = route;
    const admission = await this.admissions.admit(request.caller, {
      models,
      policy,
      tokens: tokensOf(read.size),
    });
    return this.routed(route, admission, read);
  }

  /** Of one model, named in the request or in the configuration. @throws as chat() */
  async pass(kind: keyof DefaultModels, request: ProxyRequest): Promise<Proxied> {
    const read = this.read(request, kind);
    return this.pinned(this.onlyModel(kind, read.body), read);
  }

  private read(request: ProxyRequest, operation: string): ReadRequest {
    const body = parseBody(request.bytes, passedRequestSchema);
    return { ...request, operation, body, size: measurePrompt(body) };
  }

  private toRoute(
    { body }: ReadRequest,
    choice: Extract<ModelChoice, { kind: 'routed' }>,
  ): RouteRequest {
    return toRouteRequest(parseRequest(chatRequestSchema, body), choice);
  }

  private async routed(
    route: RouteRequest,
    admission: Admission,
    read: ReadRequest,
  ): Promise<Proxied> {
    const prepared = await this.routing
      .prepare(narrowed(route, admission), read.caller, (model) =>
        this.directory.find(model) === undefined ? NO_DEPLOYMENT : null,
      )
      .catch((error: unknown) => {
        throw onlyOfCallable(error);
      });
    const { record, response } = prepared;
    const models = [response.model, ...response.fallbacks].flatMap(
      (name) => this.directory.find(name) ?? [],
    );
    // What was admitted a moment ago may have lost its deployments while the query was predicted.
    if (models.length === 0) throw noDeployment(response.model);
    const account = this.calls.open(read, admission, {
      policy: response.policy,
      decisionId: record.id,
      latents: record.latents,
    });
    if (!(await this.covered(account, models[0]!, admission)))
      return this.routed(route, admission.downgrade!, read);
    const asked = await this.calls.ask(models, read, account);
    try {
      await this.routing.record(withAttempts(prepared, asked));
    } catch (error) {
      if (asked.answered.kind === 'answer') asked.answered.response.body.destroy();
      asked.metering?.onEnd('aborted');
      throw error;
    }
    return {
      ...asked,
      policy: response.policy,
      decisionId: response.decision_id,
      reason: read.body.zerorouter?.explain === true ? response.reason : null,
    };
  }

  private async pinned(name: string, read: ReadRequest): Promise<Proxied> {
    const model = this.directory.find(name);
    if (model === undefined) throw this.notServed(name);
    const { caller, operation, size } = read;
    const admission = await this.admissions.admit(caller, {
      models: [name],
      policy: PINNED,
      tokens: tokensOf(size),
    });
    const account = this.calls.open(read, admission, {
      policy: PINNED,
      decisionId: null,
      latents: null,
    });
    // Only a chat can be decided by another policy.
    const other = operation === 'chat/completions' ? admission : { downgrade: null };
    if (!(await this.covered(account, model, other)))
      return this.routed(this.toRoute(read, { kind: 'routed' }), admission.downgrade!, read);
    const asked = await this.calls.ask([model], read, account);
    return { ...asked, policy: PINNED, decisionId: null, reason: null };
  }

  /**
   * @returns false where the key's budget has no room and another policy is to decide.
   * @throws DomainError `key-budget-exhausted` where none is
   */
  private async covered(
    account: CallAccount,
    { name }: ServedModel,
    { downgrade }: Pick<Admission, 'downgrade'>,
  ): Promise<boolean> {
    try {
      await account.cover(name);
      return true;
    } catch (error) {
      account.cancel();
      if (downgrade !== null && isDomainError(error) && error.code === 'key-budget-exhausted')
        return false;
      throw error;
    }
  }

  private onlyModel(kind: keyof DefaultModels, { model }: PassedRequest): string {
    const choice = readModelChoice(model);
    if (choice.kind === 'pinned') return choice.model;
    const standard = this.defaults[kind];
    if (model === 'auto' && standard !== undefined) return standard;
    const variable = `${kind.toUpperCase()}_MODEL`;
    throw new DomainError(
      'invalid-request',
      `the request is not valid: model: /v1/${kind} decides nothing: name one model${model === 'auto' ? `, or set ${variable} to what "auto" stands for` : `, not "${model}"`}`,
      { details: { errors: [{ path: 'model', message: 'must be the name of one model' }] } },
    );
  }

  /** Nothing is predicted for a call that nobody can take. */
  private requireSomeDeployment({ models = ['*'] }: { models?: string[] }): void {
    const names = this.registry.current.profiles
      .map(({ profile }) => profile.model)
      .filter((name) => models.some((pattern) => matchesGlob(pattern, name)));
    if (names.some((name) => this.directory.find(name) !== undefined)) return;
    const [pattern] = models;
    if (names.length > 0) throw noDeployment(pattern === '*' ? null : pattern!);
    if (pattern !== '*') throw notFound(pattern!);
  }

  private notServed(name: string): DomainError {
    return this.registry.current.candidates.some(({ profile }) => profile.model === name)
      ? noDeployment(name)
      : notFound(name);
  }
}

/** What is left of a request by what its key may use. */
function narrowed(route: RouteRequest, { models, policy }: Admission): RouteRequest {
  return {
    ...route,
    ...(models === undefined ? {} : { models }),
    ...(policy === undefined ? {} : { policy }),
  };
}

function tokensOf({ tokens, maxOutputTokens }: PromptSize): number {
  return tokens + (maxOutputTokens ?? 0);
}

function withAttempts(
  { record }: PreparedRoute,
  { attempts, answered }: Asked,
): PreparedRoute['record'] {
  return {
    ...record,
    requestStats: {
      ...record.requestStats,
      attempts: attempts.map((one) => ({ ...one })),
      // Null where no model answered.
      answered_by: answered.kind === 'answer' ? answered.model.name : null,
    },
  };
}
