import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Deployment } from '../src/deployment.js';

/** What a test says to a request; the body has been read. */
export type Script = (
  response: ServerResponse,
  request: IncomingMessage & { json: Record<string, unknown> },
) => void;

/** A real HTTP server that says what a test tells it to, byte for byte. */
export interface ScriptedServer {
  /** Ends in `/v1`. */
  baseUrl: string;
  port: number;
  /** Requests so far, oldest first. */
  requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  /** Connections that are open now. */
  sockets: Set<Socket>;
  /** Connections that were ever opened. */
  connections: number;
  deployment(parts?: Partial<Deployment>): Deployment;
  close(): Promise<void>;
}

export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      scripted.requests.push({ method, url, headers, body });
      const json = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
      script(response, Object.assign(request, { json }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const scripted: ScriptedServer = {
    baseUrl,
    port,
    requests: [],
    sockets: new Set(),
    connections: 0,
    deployment: (parts = {}) => ({
      id: 'dep_1',
      baseUrl,
      upstreamModel: 'some-model',
      apiKey: 'sk-test-0123456789abcdef',
      authHeader: null,
      ...parts,
    }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('connection', (socket) => {
    scripted.connections += 1;
    scripted.sockets.add(socket);
    socket.once('close', () => scripted.sockets.delete(socket));
  });
  return scripted;
}

/** Waits until a condition holds. */
export async function untilTrue(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`still not true: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
