import { context, isSpanContextValid, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Link, Span, SpanContext, SpanKind } from '@opentelemetry/api';
import { isDomainError } from '@zerorouter/contracts';

export { SpanKind } from '@opentelemetry/api';
export type { Span } from '@opentelemetry/api';

export interface SpanSettings {
  kind?: SpanKind;
  /** Names, counts and ids; never text of a query or of an answer. */
  attributes?: Attributes;
  /** Trace contexts of others for whom the same work is done. */
  links?: readonly (string | undefined)[];
}

const TRACER = 'zerorouter';
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Until traces are turned on, spans cost a comparison. */
let enabled = false;

export function enableTracing(on: boolean): void {
  enabled = on;
}

/**
 * Runs work within a span, if traces are on. A failure marks it with its code alone: messages of errors may
 * speak of anything.
 */
export async function withSpan<Result>(
  name: string,
  settings: SpanSettings,
  work: (span: Span | null) => Promise<Result>,
): Promise<Result> {
  const span = openSpan(name, settings);
  if (span === null) return work(null);
  try {
    return await withinSpan(span, () => work(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A span that its caller ends; null while traces are off. */
export function openSpan(
  name: string,
  { kind, attributes, links = [] }: SpanSettings,
): Span | null {
  if (!enabled) return null;
  return trace.getTracer(TRACER).startSpan(name, {
    ...(kind === undefined ? {} : { kind }),
    ...(attributes === undefined ? {} : { attributes }),
    links: links.flatMap(toLink),
  });
}

/** Runs work within a span that is ended elsewhere. */
export function withinSpan<Result>(span: Span | null, work: () => Result): Result {
  return span === null ? work() : context.with(trace.setSpan(context.active(), span), work);
}

/** @param error what was thrown, or a word for how it failed. */
export function failSpan(span: Span | null, error: unknown): void {
  const named = error instanceof Error ? error.name : typeof error === 'string' ? error : 'error';
  const type = isDomainError(error) ? error.code : named;
  span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type);
}

/** The ids of the span that runs just now, for log lines. */
export function currentSpanContext(): SpanContext | undefined {
  return enabled ? trace.getActiveSpan()?.spanContext() : undefined;
}

/** As the header `traceparent` has it (W3C Trace Context); undefined outside of any span. */
export function currentTraceparent(): string | undefined {
  const current = currentSpanContext();
  if (current === undefined || !isSpanContextValid(current)) return undefined;
  const flags = current.traceFlags.toString(16).padStart(2, '0');
  return `00-${current.traceId}-${current.spanId}-${flags}`;
}

/** Runs work as the child of a span of another process; what is no trace context is passed over. */
export function underTraceparent<Result>(traceparent: string, work: () => Result): Result {
  const parent = enabled ? parseTraceparent(traceparent) : undefined;
  return parent === undefined
    ? work()
    : context.with(trace.setSpanContext(context.active(), parent), work);
}

function parseTraceparent(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const parsed = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(parsed) ? parsed : undefined;
}

function toLink(traceparent: string | undefined): Link[] {
  const parsed = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  return parsed === undefined ? [] : [{ context: parsed }];
}
