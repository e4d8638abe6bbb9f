import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Deployment } from '@zerorouter/providers';

export type Script = (response: ServerResponse, call: number, body: string) => void;

/** A real HTTP server that says what a test tells it to. */
export interface ScriptedProvider {
  deployment: Deployment;
  /** Bodies of the calls so far, and their headers. */
  calls: { body: string; path: string; headers: IncomingMessage['headers'] }[];
  /** Connections that are open now. */
  sockets: Set<Socket>;
  script: Script;
  close(): Promise<void>;
}

export async function startProvider(id: string, script: Script): Promise<ScriptedProvider> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url: path = '', headers } = request;
      provider.script(response, provider.calls.push({ body, path, headers }), body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const provider: ScriptedProvider = {
    deployment: {
      id,
      baseUrl: `http://127.0.0.1:${port}/v1`,
      upstreamModel: `upstream-${id}`,
      apiKey: 'sk-test-0123456789abcdef',
      authHeader: null,
    },
    calls: [],
    sockets: new Set(),
    script,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('connection', (socket) => {
    provider.sockets.add(socket);
    socket.once('close', () => provider.sockets.delete(socket));
  });
  return provider;
}

/** Answers with a status, as providers do. */
export const says =
  (status: number, error: object = {}, headers: Record<string, string> = {}): Script =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(status < 300 ? { ok: true, ...error } : { error }));
