import {
  chatRequestSchema,
  DomainError,
  isDomainError,
  matchesGlob,
  NO_DEPLOYMENT,
  passedRequestSchema,
} from '@zerorouter/contracts';
import type { PassedRequest } from '@zerorouter/contracts';
import type { Deployment } from '@zerorouter/providers';
import type { Caller } from '../access/caller.js';
import type { Registry } from '../registry/registry.js';
import type { PreparedRoute, RouteService } from '../routing/route.service.js';
import type { Answered, AskInTurn, Attempt } from './ask-in-turn.js';
import type { DeploymentAlerts } from './deployment-alerts.js';
import { editMembers } from './json-members.js';
import { readModelChoice, toRouteRequest } from './model-choice.js';
import type { ModelChoice } from './model-choice.js';
import type { ModelDirectory, ServedModel } from './model-directory.js';
import { parseBody } from './parse-body.js';

/** A request whose body goes on as it came. */
export interface ProxyRequest {
  bytes: Buffer;
  /** For the provider. */
  headers: Readonly<Record<string, string>>;
  caller: Caller;
  /** Fires when the client leaves. */
  signal: AbortSignal;
}

/** What came of it, and what is told besides: `x-zerorouter-*`. */
export interface Proxied {
  answered: Answered;
  attempts: readonly Attempt[];
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
 * Passes requests on to providers. A request that names its model goes straight through, neither predicted
 * nor recorded. Any other is decided like one of `/v1/route`; its decision is stored, with every call that
 * was made for it, when the first byte of the answer is there and before it is passed on.
 */
export class ProxyService {
  constructor(
    private readonly registry: Registry,
    private readonly directory: ModelDirectory,
    private readonly routing: RouteService,
    private readonly asking: AskInTurn,
    private readonly alerts: DeploymentAlerts,
    private readonly defaults: DefaultModels,
  ) {}

  /** @throws DomainError as RouteService, `model-not-found`, `no-deployment`; ProblemError */
  async chat(request: ProxyRequest): Promise<Proxied> {
    const { bytes } = request;
    const body = parseBody(bytes, passedRequestSchema);
    const choice = readModelChoice(body.model);
    if (choice.kind === 'pinned') return this.pinned(choice.model, '/chat/completions', request);
    return this.routed(choice, request);
  }

  /** Of one model, named in the request or in the configuration. @throws as chat() */
  async pass(kind: keyof DefaultModels, request: ProxyRequest): Promise<Proxied> {
    const body = parseBody(request.bytes, passedRequestSchema);
    return this.pinned(this.onlyModel(kind, body), `/${kind}`, request);
  }

  private async routed(
    choice: Extract<ModelChoice, { kind: 'routed' }>,
    request: ProxyRequest,
  ): Promise<Proxied> {
    const body = parseBody(request.bytes, chatRequestSchema);
    const route = toRouteRequest(body, choice);
    this.requireSomeDeployment(choice);
    const prepared = await this.routing
      .prepare(route, request.caller, (model) =>
        this.directory.find(model) === undefined ? NO_DEPLOYMENT : null,
      )
      .catch((error: unknown) => {
        throw onlyOfCallable(error);
      });
    const { response } = prepared;
    const models = [response.model, ...response.fallbacks].flatMap(
      (name) => this.directory.find(name) ?? [],
    );
    // What was admitted a moment ago may have lost its deployments while the query was predicted.
    if (models.length === 0) throw noDeployment(response.model);
    const attempts: Attempt[] = [];
    const answered = await this.ask(models, '/chat/completions', request, attempts);
    try {
      await this.routing.record(withAttempts(prepared, attempts, answered));
    } catch (error) {
      if (answered.kind === 'answer') answered.response.body.destroy();
      throw error;
    }
    return {
      answered,
      attempts,
      policy: response.policy,
      decisionId: response.decision_id,
      reason: body.zerorouter?.explain === true ? response.reason : null,
    };
  }

  private async pinned(name: string, path: string, request: ProxyRequest): Promise<Proxied> {
    const model = this.directory.find(name);
    if (model === undefined) throw this.notServed(name);
    const attempts: Attempt[] = [];
    const answered = await this.ask([model], path, request, attempts);
    return { answered, attempts, policy: 'pinned', decisionId: null, reason: null };
  }

  private ask(
    models: readonly ServedModel[],
    path: string,
    { bytes, headers, signal }: ProxyRequest,
    attempts: Attempt[],
  ): Promise<Answered> {
    return this.asking.ask(
      {
        models,
        path,
        headers,
        bodyFor: ({ upstreamModel }: Deployment) =>
          editMembers(bytes, {
            set: { model: JSON.stringify(upstreamModel) },
            remove: ['zerorouter'],
          }),
        signal,
        onBroken: (model, deployment, error) => this.alerts.raise(model, deployment, error),
      },
      attempts,
    );
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

function withAttempts(
  { record }: PreparedRoute,
  attempts: readonly Attempt[],
  answered: Answered,
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

/** Of the models that a decision could not choose, those without a deployment say nothing to the caller. */
function onlyOfCallable(error: unknown): unknown {
  if (!isDomainError(error) || error.code !== 'no-eligible-model') return error;
  const { candidates } = error.details as {
    candidates: { model: string; excluded: string | undefined }[];
  };
  const callable = candidates.filter(({ excluded }) => excluded !== NO_DEPLOYMENT);
  return new DomainError(
    'no-eligible-model',
    `no model with a deployment can take this request: ${callable.map(({ model, excluded }) => `${model} (${excluded})`).join('; ')}. Loosen the request or its constraints, or give a deployment to another model`,
    { details: { candidates: callable }, cause: error },
  );
}

function notFound(name: string): DomainError {
  return new DomainError(
    'model-not-found',
    `there is no model "${name}" here: GET /v1/models lists them, POST /admin/v1/models adds one with its deployment`,
  );
}

function noDeployment(model: string | null): DomainError {
  const how =
    'PATCH /admin/v1/models/{name} with {"deployments":[{"base_url":"https://…/v1","api_key":"…","upstream_model":"…"}]}, or POST /admin/v1/models for a new model';
  return new DomainError(
    'no-deployment',
    model === null
      ? `no model that may be chosen has a deployment to call, so that /v1/route decides and nobody answers: ${how}`
      : `nothing that is called "${model}" has a deployment that can be called: ${how}`,
  );
}
