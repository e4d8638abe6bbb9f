import type { IncomingMessage } from 'node:http';

/** Whole bodies: a client that dribbles its request is not waited for without end. */
const BODY_MS = 120_000;
/** Uploads, which may take as long as they take: each pause. */
const PAUSE_MS = 60_000;

/**
 * Ends the connection of a client that does not finish sending in time. (Node's own limit holds for
 * every path alike; an upload of a gigabyte may well take longer than a request should.)
 */
export function limitBodyTime(
  request: IncomingMessage,
  isUpload: boolean,
  { bodyMs = BODY_MS, pauseMs = PAUSE_MS } = {},
): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (isUpload) {
    request.setTimeout(pauseMs, () => request.destroy());
    // What follows is our time, not the client's.
    request.once('end', () => request.setTimeout(0));
    return;
  }
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, bodyMs).unref();
  const clear = (): void => clearTimeout(timer);
  request.once('end', clear).once('close', clear);
}
