import { createServer } from 'node:net';
import { DomainError } from '@zerorouter/contracts';

/** How many ports above the wanted one are tried. */
const ATTEMPTS = 100;

/** Binds `port` (0: any free one) for a moment; the port, or null when it is taken. */
function probe(port: number, host: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') {
        resolve(null);
      } else {
        reject(
          new DomainError('host_not_bindable', `Cannot listen on HOST ${host}: ${error.message}`, {
            cause: error,
          }),
        );
      }
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  });
}

/** A port that is free now on the loopback interface. */
export async function freePort(): Promise<number> {
  const port = await probe(0, '127.0.0.1');
  if (port === null) {
    throw new DomainError('no_free_port', 'No free TCP port is left on 127.0.0.1');
  }
  return port;
}

/** `wanted`, or the next port above it that is free on `host`. */
export async function nextFreePort(wanted: number, host: string): Promise<number> {
  const last = Math.min(wanted + ATTEMPTS, 65_535);
  for (let port = wanted; port <= last; port += 1) {
    const free = await probe(port, host);
    if (free !== null) {
      return free;
    }
  }
  throw new DomainError(
    'no_free_port',
    `Ports ${wanted} to ${last} on ${host} are all taken: set PORT to a free one`,
  );
}
