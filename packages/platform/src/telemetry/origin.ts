import { AsyncLocalStorage } from 'node:async_hooks';
import { currentTraceparent, underTraceparent } from './tracing.js';

/** Where work came from; plain data, which travels in jobs. */
export interface Origin {
  requestId?: string | undefined;
  /** W3C trace context of the span that asked for it, while traces are on. */
  traceparent?: string | undefined;
}

const requests = new AsyncLocalStorage<string | undefined>();

/** What an id that comes with a request may look like: it goes into headers, logs and jobs. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Whether an id that a client sent may be taken over. */
export function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && REQUEST_ID.test(value);
}

export function currentRequestId(): string | undefined {
  return requests.getStore();
}

/** Of the work that runs just now; for what is done later, or elsewhere, on its behalf. */
export function currentOrigin(): Origin {
  const requestId = requests.getStore();
  const traceparent = currentTraceparent();
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** Runs work on behalf of where it came from: its log lines, spans and jobs tell so. */
export function runFrom<Result>({ requestId, traceparent }: Origin, work: () => Result): Result {
  const traced = traceparent === undefined ? work : () => underTraceparent(traceparent, work);
  return requests.run(requestId, traced);
}
