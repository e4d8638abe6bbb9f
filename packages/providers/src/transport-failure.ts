import { isDomainError } from '@zerorouter/contracts';
import { ProviderError } from './provider-error.js';
import { redactKey } from './redact-key.js';

/** Codes of what cannot be sent, whoever it is sent to: a header that is not the caller's to set. */
const UNSENDABLE = /^UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)$/;
const UNREADABLE = 'HTTPParserError';
const OVERFLOW = 'UND_ERR_HEADERS_OVERFLOW';

export interface TransportContext {
  /** Who was called, for people: scheme and host. */
  endpoint: string;
  apiKey: string | null;
  signal: AbortSignal;
  /** Whether the answer's head was there already. */
  answered: boolean;
}

/** What an error of the HTTP client or of a socket means for the call. */
export function transportFailure(error: unknown, context: TransportContext): ProviderError {
  const { endpoint, signal, answered } = context;
  if (error instanceof ProviderError) return error;
  if (signal.aborted) return hangUp(signal, endpoint);
  if (isDomainError(error)) return new ProviderError('refused', error.message, { cause: error });
  const code = codeOf(error);
  const what = redactKey(`${messageOf(error)}${code === '' ? '' : ` (${code})`}`, context.apiKey);
  const failed = (kind: 'refused' | 'malformed' | 'cut' | 'connect', says: string) =>
    new ProviderError(kind, `${endpoint} ${says}: ${what}`, { cause: error });
  if (UNSENDABLE.test(code)) return failed('refused', 'cannot be called so');
  if (field(error, 'name') === UNREADABLE || code === OVERFLOW) {
    return failed('malformed', 'does not answer in HTTP');
  }
  return answered
    ? failed('cut', 'ended its answer half-way')
    : failed('connect', 'could not be reached');
}

/** Why the signal ended a call: its own failure (a deadline), or somebody hung up. */
function hangUp(signal: AbortSignal, endpoint: string): ProviderError {
  const reason: unknown = signal.reason;
  if (reason instanceof ProviderError) return reason;
  return field(reason, 'name') === 'TimeoutError'
    ? new ProviderError('timeout', `${endpoint} did not answer in time`, { cause: reason })
    : new ProviderError('aborted', `The call to ${endpoint} was given up`, { cause: reason });
}

/** Several addresses that were tried give one error each: the first one speaks for them. */
function firstOf(error: unknown): unknown {
  const errors = field(error, 'errors');
  return Array.isArray(errors) && errors.length > 0 ? (errors[0] as unknown) : error;
}

function codeOf(error: unknown): string {
  const code = field(error, 'code') ?? field(firstOf(error), 'code');
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  const first = firstOf(error);
  const message = field(first, 'message');
  return typeof message === 'string' ? message : String(first);
}

/** Not by `instanceof`: an error of Node's own may come from another realm than this one. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
