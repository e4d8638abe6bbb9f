import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { HealthModule } from '../health/health.module.js';
import { Readiness } from '../health/readiness.js';
import { createLogger } from '../logging/logger.js';
import { createHttpApp } from './create-http-app.js';
import { drainBody } from './drain-body.js';
import { parseWith } from './parse-with.js';

const schema = z.strictObject({ text: z.string() });

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body(parseWith(schema)) body: z.infer<typeof schema>): { length: number } {
    return { length: body.text.length };
  }

  @Get('broken')
  broken(): never {
    throw new Error('a secret of ours');
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

describe('createHttpApp', () => {
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    app = await createHttpApp(
      { module: EchoModule },
      { logger: createLogger('test', 'silent'), maxBodyBytes: 1_000_000 },
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const post = (body: string, type = 'application/json') =>
    fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': type }, body });

  it('takes JSON', async () => {
    const reply = await post('{"text":"abc"}');
    expect([reply.status, await reply.json()]).toEqual([201, { length: 3 }]);
  });

  it.each([
    ['a malformed body', () => post('{"text":'), 400, 'malformed-request'],
    ['an invalid body', () => post('{"text":1}'), 400, 'invalid-request'],
    [
      'a form',
      () => post('text=abc', 'application/x-www-form-urlencoded'),
      415,
      'unsupported-media-type',
    ],
    ['plain text', () => post('abc', 'text/plain'), 415, 'unsupported-media-type'],
    ['an unknown path', () => fetch(`${url}/nothing`), 404, 'no-such-path'],
    ['a wrong method', () => fetch(`${url}/echo`), 405, 'method-not-allowed'],
    ['a path that is no UTF-8', () => fetch(`${url}/%E0%A4%A`), 400, 'malformed-path'],
    ['NUL in a path', () => fetch(`${url}/echo/a%00b`), 400, 'malformed-path'],
    ['NUL in a query', () => fetch(`${url}/echo?a=%00`), 400, 'malformed-path'],
    ['a fault of ours', () => fetch(`${url}/echo/broken`), 500, 'internal-error'],
  ])('answers %s with a problem document', async (_, send, status, code) => {
    const reply = await send();
    const text = await reply.text();
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(text)).toMatchObject({ status, code, detail: expect.any(String) });
    expect(reply.status).toBe(status);
    expect(text).not.toContain('secret');
    if (status === 405) expect(reply.headers.get('allow')).toBe('POST');
  });

  it('lets a client finish sending what is too large, so that it sees why', async () => {
    const [piece, pieces] = ['x'.repeat(1_000_000), 12];
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let reply = '';
    let failure: Error | null = null;
    socket.setEncoding('utf8').on('data', (text: string) => (reply += text));
    socket.on('error', (error) => (failure = error));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(
      `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${piece.length * pieces}\r\n\r\n`,
    );
    for (let i = 0; i < pieces; i++) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await closed;
    expect(failure).toBeNull();
    expect(reply).toMatch(/^HTTP\/1.1 413 /);
    expect(reply).toContain('body-too-large');
  });
});

describe('closing', () => {
  it('takes what comes within its grace, each as the last of its connection, and is not ready', async () => {
    const app = await createHttpApp(
      [
        { module: EchoModule },
        HealthModule.forRoot(new Readiness({ nothing: () => Promise.resolve('well') })),
      ],
      { logger: createLogger('test', 'silent'), maxBodyBytes: 1_000, graceMs: 500 },
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    const url = await app.getUrl();
    const ask = async (path: string) => {
      const reply = await fetch(`${url}${path}`);
      return [reply.status, reply.headers.get('connection'), await reply.text()];
    };
    expect(await ask('/health/ready')).toEqual([200, 'keep-alive', expect.anything()]);
    const start = performance.now();
    const closed = app.close();
    // On a connection that is open, and on new ones.
    for (let i = 0; i < 3; i++)
      expect(await ask('/health/live')).toEqual([200, 'close', expect.stringContaining('live')]);
    expect(await ask('/health/ready')).toEqual([503, 'close', expect.stringContaining('stop')]);
    await closed;
    expect(performance.now() - start).toBeGreaterThan(490);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('does not wait for a connection that has never said a word', async () => {
    const app = await createHttpApp(
      { module: EchoModule },
      { logger: createLogger('test', 'silent'), maxBodyBytes: 1_000 },
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = new URL(await app.getUrl());
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    // One answered request later the server has surely taken the silent one in, too.
    await (await fetch(`http://127.0.0.1:${port}/echo`)).text();
    const ended = once(silent, 'close');
    await app.close();
    await ended;
  });
});

describe('drainBody', () => {
  it('gives up on a body without end', async () => {
    let outcome: (word: string) => void = () => {};
    const word = new Promise<string>((resolve) => (outcome = resolve));
    const server = createServer((request) =>
      drainBody(request, () => outcome('given up'), { bytes: 10_000, ms: 10_000 }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = httpRequest({ port, method: 'POST' });
    client.on('error', () => {});
    const timer = setInterval(() => client.write('x'.repeat(5_000)), 5);
    expect(await word).toBe('given up');
    clearInterval(timer);
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
