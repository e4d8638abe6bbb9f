import type { IncomingMessage } from 'node:http';

/** What is worth reading only to throw it away. */
const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;

/**
 * Reads what is left of a body that nobody wants, within limits. A client that is still sending when
 * the connection closes sees a broken pipe in place of the reply that says why.
 * @param done called once, at once where there is nothing left.
 */
export function drainBody(
  request: IncomingMessage,
  done: () => void,
  { bytes = DRAIN_BYTES, ms = DRAIN_MS } = {},
): void {
  if (request.complete || request.destroyed) return done();
  let read = 0;
  const count = (chunk: Buffer): void => {
    read += chunk.length;
    if (read > bytes) finish();
  };
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', count).off('end', finish).off('error', finish).off('close', finish);
    done();
  };
  const timer = setTimeout(finish, ms);
  request.on('data', count).on('end', finish).on('error', finish).on('close', finish);
  request.resume();
}
