import type { Deployment } from './deployment.js';
import { ProviderError } from './provider-error.js';
import type { ProviderResponse } from './provider-network.js';
import { redactKey } from './redact-key.js';
import { readRetryAfter } from './retry-after.js';

const MESSAGE_CHARS = 300;
/** OpenAI answers 429 for an account without credit, which waiting does not fill. */
const HOPELESS = /\binsufficient_quota\b/;

/** The provider's own words of an error body, on one line; its key cut out, at most 300 characters. */
export function errorText(body: string, apiKey: string | null): string {
  const text = redactKey(wordsOf(body).replaceAll(/\s+/g, ' ').trim(), apiKey);
  return text.length > MESSAGE_CHARS ? `${text.slice(0, MESSAGE_CHARS - 1)}…` : text;
}

/** The failure that an answer with an error status, or an error within an answer, stands for. */
export function statusFailure(
  status: number,
  body: string,
  deployment: Deployment,
  headers: ProviderResponse['headers'] = {},
): ProviderError {
  const text = errorText(body, deployment.apiKey);
  return new ProviderError(
    'status',
    `${deployment.upstreamModel} answered HTTP ${status}${text === '' ? '' : `: ${text}`}`,
    {
      status,
      retryAfterMs: readRetryAfter(headers, Date.now()),
      hopeless: HOPELESS.test(body),
    },
  );
}

/** Providers put their message in `error.message`, `error`, `message` or `detail`. */
function wordsOf(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return body;
  }
  return findMessage(json) ?? body;
}

function findMessage(value: unknown, depth = 0): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > 3) return null;
  for (const name of ['error', 'message', 'detail']) {
    const found = findMessage((value as Record<string, unknown>)[name], depth + 1);
    if (found !== null) return found;
  }
  return null;
}
