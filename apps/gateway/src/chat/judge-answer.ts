import { statusFailure } from '@zerorouter/providers';
import type { Deployment, ProviderResponse, ProviderError } from '@zerorouter/providers';
import type { Finding } from './deployment-health.js';

/** What a status that says no means for the request. */
export type Verdict =
  /** The request's own fault: whoever is asked would say the same. */
  | { kind: 'final' }
  /** It does not fit the model's context window. */
  | { kind: 'too-long' }
  /** Another deployment may do better. */
  | { kind: 'failed'; finding: Finding; error: ProviderError };

/** How long a deployment is left alone that is over its rate and does not say for how long. */
const BUSY_MS = 2_000;

const TOO_LONG =
  /context_length_exceeded|maximum context|context[ _-](length|window|size)|prompt is too long|input is too long|too many (input )?tokens|input token count|reduce the length/i;
/** Answers 403 that judge what was asked, not who asks. */
const CONTENT = /moderat|content.{0,10}(filter|policy|management)|flagged|safety/i;
/** Answers 404 that complain of the request: no endpoint takes its tools, or what it refers to is gone. */
const NOT_THIS_REQUEST = /no endpoints found|previous_response|response with id|item with id/i;

/** @param text the body, or its beginning. @param answer its status is no 2xx. */
export function judgeRefusal(
  { statusCode: status, headers }: Pick<ProviderResponse, 'statusCode' | 'headers'>,
  text: string,
  deployment: Deployment,
): Verdict {
  if ((status === 400 || status === 413 || status === 422) && TOO_LONG.test(text))
    return { kind: 'too-long' };
  if (status === 403 && CONTENT.test(text)) return { kind: 'final' };
  const error = statusFailure(status, text, deployment, headers);
  if (status === 404 && NOT_THIS_REQUEST.test(text))
    return { kind: 'failed', finding: { kind: 'well' }, error };
  if (error.fatal || status === 410) return { kind: 'failed', finding: { kind: 'broken' }, error };
  if (!error.retryable) return { kind: 'final' };
  return { kind: 'failed', finding: findingOf(error), error };
}

/** What a failure that may pass says of its deployment. */
export function findingOf({ kind, status, retryAfterMs }: ProviderError): Finding {
  if (kind === 'aborted') return { kind: 'unknown' };
  if (kind === 'refused') return { kind: 'broken' };
  const restMs = retryAfterMs ?? (status === 429 ? BUSY_MS : null);
  if (restMs !== null && restMs > 0) return { kind: 'busy', restMs };
  // These two say no to one call.
  return status === 409 || status === 425 ? { kind: 'well' } : { kind: 'failed' };
}
