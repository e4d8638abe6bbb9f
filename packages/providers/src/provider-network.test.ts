import { inspect } from 'node:util';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startScriptedServer, untilTrue, type ScriptedServer } from '../test/scripted-server.js';
import type { Resolve } from './endpoint-guard.js';
import { ProviderNetwork } from './provider-network.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function serve(...args: Parameters<typeof startScriptedServer>): Promise<ScriptedServer> {
  const server = await startScriptedServer(...args);
  open.push(server);
  return server;
}

function connect(options: Partial<ConstructorParameters<typeof ProviderNetwork>[0]> = {}) {
  const network = new ProviderNetwork({ allowPrivate: true, ...options });
  open.push(network);
  return network;
}

const signal = AbortSignal.timeout(60_000);
const ok = (response: { end(text: string): void }) => response.end('{}');

describe('ProviderNetwork', () => {
  it('sends the key as a bearer token, or bare in the header that the deployment names', async () => {
    const server = await serve(ok);
    const network = connect();
    const ask = async (parts: Parameters<ScriptedServer['deployment']>[0]) => {
      const request = { headers: { 'content-type': 'application/json' }, body: '{"a":1}', signal };
      const response = await network.request(
        server.deployment(parts),
        '/chat/completions',
        request,
      );
      expect([response.statusCode, await response.body.text()]).toEqual([200, '{}']);
      return server.requests.at(-1);
    };
    expect(await ask({ apiKey: 'k1' })).toMatchObject({
      method: 'POST',
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer k1', 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    const bare = await ask({ apiKey: 'k2', authHeader: 'Api-Key' });
    expect(bare?.headers).toMatchObject({ 'api-key': 'k2' });
    expect(bare?.headers).not.toHaveProperty('authorization');
    expect((await ask({ apiKey: null }))?.headers).not.toHaveProperty('authorization');
  });

  it('keeps the query of the base URL, and takes a slash at its end', async () => {
    const server = await serve(ok);
    const network = connect();
    const call = async (base: string) => {
      const deployment = server.deployment({ baseUrl: `http://127.0.0.1:${server.port}${base}` });
      await (await network.request(deployment, '/models', { method: 'GET', signal })).body.dump();
      return server.requests.at(-1)?.url;
    };
    expect(await call('/openai/v1?api-version=1')).toBe('/openai/v1/models?api-version=1');
    expect(await call('/v1/')).toBe('/v1/models');
    expect(await call('')).toBe('/models');
  });

  it('keeps connections for the next call, and no more than the limit', async () => {
    const server = await serve((response) => setTimeout(() => ok(response), 30));
    const network = connect({ connectionsPerOrigin: 2 });
    const call = async () =>
      (await network.request(server.deployment(), '/models', { signal })).body.dump();
    await Promise.all([call(), call(), call(), call(), call()]);
    await call();
    expect([server.requests.length, server.connections]).toEqual([6, 2]);
  });

  it('refuses an endpoint of the own network unless that is allowed, whatever spells it', async () => {
    const server = await serve(ok);
    const network = connect({ allowPrivate: false });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0.0.0.0']) {
      for (const scheme of ['http', 'https']) {
        const deployment = server.deployment({ baseUrl: `${scheme}://${host}:${server.port}/v1` });
        await expect(network.request(deployment, '/models', { signal })).rejects.toMatchObject({
          kind: 'refused',
          retryable: false,
          fatal: true,
          cause: { code: 'endpoint-refused' },
        });
      }
    }
    expect(server.connections).toBe(0);
  });

  it('looks at the address that it connects to: a name that is rebound gains nothing', async () => {
    const server = await serve(ok);
    const answers = ['8.8.8.8', '127.0.0.1'];
    const resolve: Resolve = (_host, callback) =>
      callback(null, [{ address: answers.shift() ?? '127.0.0.1', family: 4 }]);
    // What a check before the call would have seen.
    resolve('rebound.example', (_error, [first]) => expect(first?.address).toBe('8.8.8.8'));
    const network = connect({ allowPrivate: false, resolve });
    const deployment = server.deployment({ baseUrl: `https://rebound.example:${server.port}/v1` });
    await expect(network.request(deployment, '/models', { signal })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('127.0.0.1 is loopback') as unknown,
    });
    expect(server.connections).toBe(0);
  });

  it('connects to the address that was looked at, and to no other', async () => {
    const server = await serve(ok);
    let lookups = 0;
    const resolve: Resolve = (_host, callback) => {
      lookups += 1;
      callback(null, [
        { address: '169.254.169.254', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    };
    const network = connect({ resolve });
    const deployment = server.deployment({ baseUrl: `http://ollama.example:${server.port}/v1` });
    const response = await network.request(deployment, '/models', { signal });
    await response.body.dump();
    expect([response.statusCode, lookups]).toEqual([200, 1]);
    expect(server.requests[0]?.headers.host).toBe(`ollama.example:${server.port}`);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect %i', async (status) => {
    const target = await serve(ok);
    const server = await serve((response) => {
      response.writeHead(status, { location: `${target.baseUrl}/elsewhere?token=abc` });
      response.write('moved, and the body never ends');
    });
    const request = connect().request(server.deployment(), '/models', { signal });
    await expect(request).rejects.toMatchObject({ kind: 'refused', status, fatal: true });
    await expect(request).rejects.toThrow(`redirects to http://127.0.0.1:${target.port} (HTTP`);
    await expect(request).rejects.not.toThrow(/token/);
    expect(target.requests).toEqual([]);
    await untilTrue(() => server.sockets.size === 0);
  });

  it('tells a server that is not there from one that hangs up or speaks no HTTP', async () => {
    const network = connect();
    const closed = await startScriptedServer(ok);
    await closed.close();
    await expect(network.request(closed.deployment(), '/models', { signal })).rejects.toMatchObject(
      { kind: 'connect', retryable: true, fatal: false },
    );

    const rude = await serve((response) => response.socket?.destroy());
    await expect(network.request(rude.deployment(), '/models', { signal })).rejects.toMatchObject({
      kind: 'connect',
    });

    const other = createServer((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    open.push({ close: async () => void other.close() });
    const { port } = other.address() as AddressInfo;
    const deployment = rude.deployment({ baseUrl: `http://127.0.0.1:${port}/v1` });
    await expect(network.request(deployment, '/models', { signal })).rejects.toMatchObject({
      kind: 'malformed',
    });

    const resolve: Resolve = (_host, callback) =>
      callback(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), []);
    const lost = rude.deployment({ baseUrl: 'https://nowhere.example/v1' });
    await expect(connect({ resolve }).request(lost, '/models', { signal })).rejects.toMatchObject({
      kind: 'connect',
      message: 'https://nowhere.example could not be reached: getaddrinfo (ENOTFOUND)',
    });
  });

  it('gives up an attempt to connect after its time', async () => {
    const resolve: Resolve = () => undefined;
    const network = connect({ resolve, connectTimeoutMs: 100 });
    const hanging = network.request(
      {
        id: 'd',
        baseUrl: 'https://slow.example/v1',
        upstreamModel: 'm',
        apiKey: null,
        authHeader: null,
      },
      '/models',
      { signal },
    );
    await expect(hanging).rejects.toMatchObject({ kind: 'connect', retryable: true });
  });

  it('lets a signal end a call that hangs, and frees its socket', async () => {
    const server = await serve(() => undefined);
    const network = connect();
    const abort = new AbortController();
    const call = network.request(server.deployment(), '/models', { signal: abort.signal });
    await untilTrue(() => server.requests.length === 1);
    abort.abort();
    await expect(call).rejects.toMatchObject({ kind: 'aborted', retryable: false, fatal: false });
    await untilTrue(() => server.sockets.size === 0);
    const late = network.request(server.deployment(), '/models', {
      signal: AbortSignal.timeout(30),
    });
    await expect(late).rejects.toMatchObject({ kind: 'timeout', retryable: true });
  });

  it('keeps the key out of every failure', async () => {
    const apiKey = 'sk-very-secret-0123456789';
    const rude = await serve((response) => response.socket?.destroy());
    const failures = [
      rude.deployment({ apiKey }),
      rude.deployment({ apiKey, baseUrl: 'ftp://x' }),
      rude.deployment({ apiKey, authHeader: 'content-length' }),
      rude.deployment({ apiKey: `${apiKey}\n` }),
      rude.deployment({ apiKey, baseUrl: 'https://169.254.169.254/v1' }),
    ].map((deployment) =>
      connect()
        .request(deployment, '/models', { signal })
        .catch((error: unknown) => error),
    );
    for (const error of await Promise.all(failures)) {
      expect(error).toMatchObject({ code: 'provider-failed' });
      expect(inspect(error, { depth: 12, showHidden: true })).not.toContain('very-secret');
    }
  });
});
