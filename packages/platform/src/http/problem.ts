import { isDomainError } from '@zerorouter/contracts';

/** A problem document (RFC 9457). `code` is what programs may rely on, `detail` is for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** What is wrong with which part of the request. */
  errors?: readonly { path: string; message: string }[];
  /** Seconds after which it is worth another try; becomes the header `Retry-After`. */
  retryAfter?: number;
  /** Methods that this path knows; becomes the header `Allow`. */
  allow?: readonly string[];
  [extension: string]: unknown;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  402: 'Payment required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Service unavailable',
};

/** Characters of one text in a problem: of a megabyte that a client has sent, no more comes back to it. */
const MOST_TOLD = 4_000;

/** Texts in `detail` and in the extensions that are too long to be of use are cut. */
export function describeProblem(
  status: number,
  code: string,
  detail: string,
  extensions: Record<string, unknown> = {},
): Problem {
  return {
    type: `urn:zerorouter:problem:${code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail: shortened(detail) as string,
    code,
    ...(shortened(extensions) as Record<string, unknown>),
  };
}

/** Plain data with the long texts in it cut. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= MOST_TOLD
      ? value
      : `${value.slice(0, MOST_TOLD)}… (${value.length} characters)`;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]));
}

/** Thrown where only the HTTP edge can tell what is wrong: no key, no such path, no such method. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(
    status: number,
    code: string,
    detail: string,
    extensions: Record<string, unknown> = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
    this.problem = describeProblem(status, code, detail, extensions);
  }
}

/** HTTP status of a domain error, by its code. */
export type StatusByCode = Readonly<Record<string, number>>;

const PLATFORM_STATUSES: StatusByCode = {
  'invalid-request': 400,
  'queue-timeout': 503,
  'queue-unavailable': 503,
  'queue-closed': 503,
  'job-failed': 503,
  stopping: 503,
};

/**
 * Codes of Node, of Postgres and of Prisma that say: the database cannot be reached, or cannot take anything (out of
 * connections, memory or disk: class 53; read or write errors: 58030), just now.
 */
const CONNECTION_CODES =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|57P0[1-35]|53\w{3}|58030|08\w{3}|P1001|P1002|P1008|P1017|P2024|P2037)$/;
const CONNECTION_MESSAGES =
  /Connection terminated|Connection is closed|timeout exceeded when trying to connect|Can't reach database|Query read timeout|Server has closed the connection|DatabaseNotReachable|Unable to start a transaction in the given time|The timeout for this transaction was|Code: `(53\w{3}|58030|57P0[1-35])`/i;

/** Whether an error, or what caused it, is a connection that failed rather than a wrong query. */
export function isConnectionError(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    const code = 'code' in current ? current.code : undefined;
    if (typeof code === 'string' && CONNECTION_CODES.test(code)) return true;
    if (CONNECTION_MESSAGES.test(current.message)) return true;
    if (current instanceof AggregateError && current.errors.some(isConnectionError)) return true;
    current = current.cause;
  }
  return false;
}

/** Whether Postgres has refused a text that it cannot hold: one with the character NUL. */
function isUnstorableText(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    if ('code' in current && current.code === '22021') return true;
    if (/\b22021\b.*invalid byte sequence/s.test(current.message)) return true;
    current = current.cause;
  }
  return false;
}

/** What to answer for an error, and whether it is a fault of ours that belongs into the log. */
export function problemFor(
  error: unknown,
  statuses: StatusByCode = {},
): { problem: Problem; fault: boolean } {
  if (error instanceof ProblemError) return { problem: error.problem, fault: false };
  if (isDomainError(error)) {
    const status = statuses[error.code] ?? PLATFORM_STATUSES[error.code];
    if (status !== undefined) {
      const extensions = status === 503 ? { retryAfter: 1, ...error.details } : error.details;
      return {
        problem: describeProblem(status, error.code, error.message, extensions),
        fault: false,
      };
    }
  }
  if (isConnectionError(error))
    return {
      problem: describeProblem(
        503,
        'database-unavailable',
        'Postgres cannot be reached, or has no room, just now; nothing was stored. Try again, and see that it is up and its disk is not full.',
        { retryAfter: 1 },
      ),
      fault: false,
    };
  if (isUnstorableText(error))
    return {
      problem: describeProblem(
        400,
        'invalid-request',
        'a text of the request holds the character NUL, which cannot be stored or looked for: take it out',
      ),
      fault: false,
    };
  return {
    problem: describeProblem(
      500,
      'internal-error',
      'Something went wrong here, not in your request; the log of this process says what.',
    ),
    fault: true,
  };
}
