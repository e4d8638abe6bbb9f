import { Agent, type Dispatcher } from 'undici';
import type { Deployment } from './deployment.js';
import { DialectMemory } from './dialect.js';
import { checkEndpointUrl, guardedConnector, type Resolve } from './endpoint-guard.js';
import { ProviderError } from './provider-error.js';
import { transportFailure } from './transport-failure.js';

/** An idle connection is kept for the next call, so that times measure the model, not handshakes. */
const KEEP_ALIVE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Further calls to the same origin wait for their turn. */
const CONNECTIONS_PER_ORIGIN = 256;

export interface ProviderNetworkOptions {
  /** PROVIDER_ALLOW_PRIVATE: endpoints on this machine and its own networks may be called. */
  allowPrivate: boolean;
  connectTimeoutMs?: number;
  connectionsPerOrigin?: number;
  /** Default: the system's resolver. */
  resolve?: Resolve;
}

export interface ProviderRequest {
  method?: 'GET' | 'POST';
  /** Lower-case names; the key is added. */
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | null;
  /** The one thing that ends a call which hangs: give it a deadline. */
  signal: AbortSignal;
}

/** Status, headers and the body as a stream, which must be read to its end, dumped or destroyed. */
export type ProviderResponse = Dispatcher.ResponseData;

/** The connections to all providers: one of these a process. */
export class ProviderNetwork {
  /** What this process has learnt of the parameters that deployments take. */
  readonly dialects = new DialectMemory();
  readonly #agent: Agent;
  readonly #allowPrivate: boolean;

  constructor(options: ProviderNetworkOptions) {
    this.#allowPrivate = options.allowPrivate;
    this.#agent = new Agent({
      connect: guardedConnector({
        allowPrivate: options.allowPrivate,
        connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        resolve: options.resolve,
      }),
      connections: options.connectionsPerOrigin ?? CONNECTIONS_PER_ORIGIN,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // A reasoning model may be silent for minutes; the caller's signal says when that is too long.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Calls a path below a deployment's base URL, with its key. An answer of whatever status is an
   * answer, but redirects are refused: they could lead anywhere, with the key.
   *
   * @throws ProviderError `refused`, `connect`, `timeout`, `malformed` or `aborted`
   */
  async request(
    deployment: Deployment,
    path: string,
    request: ProviderRequest,
  ): Promise<ProviderResponse> {
    const { method = 'POST', headers = {}, body = null, signal } = request;
    const { apiKey } = deployment;
    let endpoint = `deployment ${deployment.id}`;
    try {
      const url = checkEndpointUrl(deployment.baseUrl, { allowPrivate: this.#allowPrivate });
      endpoint = url.origin;
      const response = await this.#agent.request({
        origin: url.origin,
        path: `${url.pathname.replace(/\/+$/, '')}${path}${url.search}`,
        method,
        headers: { 'user-agent': 'zerorouter', ...headers, ...keyHeader(deployment) },
        body,
        signal,
      });
      if (response.statusCode >= 300 && response.statusCode < 400) {
        response.body.on('error', () => undefined).destroy();
        throw redirected(endpoint, response);
      }
      return response;
    } catch (error) {
      throw transportFailure(error, { endpoint, apiKey, signal, answered: false });
    }
  }

  /** Waits for the calls that run, and closes every connection. Who hurries aborts them first. */
  close(): Promise<void> {
    return this.#agent.close();
  }
}

function keyHeader({ apiKey, authHeader }: Deployment): Record<string, string> {
  if (apiKey === null) return {};
  return authHeader === null
    ? { authorization: `Bearer ${apiKey}` }
    : { [authHeader.toLowerCase()]: apiKey };
}

/** Where it leads is told without path and query, which may be of any length and hold tokens. */
function redirected(endpoint: string, { statusCode, headers }: ProviderResponse): ProviderError {
  const location = [headers['location']].flat()[0] ?? '';
  const target = URL.canParse(location, endpoint)
    ? new URL(location, endpoint).origin
    : 'elsewhere';
  return new ProviderError(
    'refused',
    `${endpoint} redirects to ${target} (HTTP ${statusCode}), and redirects are not followed: make the address that it leads to the base URL, if you trust it`,
    { status: statusCode },
  );
}
