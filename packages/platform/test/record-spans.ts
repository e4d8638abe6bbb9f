import { context, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

export interface SpanRecord {
  /** Ended spans, in the order of their ends. */
  readonly spans: readonly ReadableSpan[];
  stop(): Promise<void>;
}

/**
 * Keeps the spans of this process.
 * @param enableTracing of the copy of the platform that is under test: its source, or its build.
 */
export function recordSpans(enableTracing: (on: boolean) => void): SpanRecord {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  enableTracing(true);
  return {
    get spans() {
      return exporter.getFinishedSpans();
    },
    stop: async () => {
      enableTracing(false);
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}
