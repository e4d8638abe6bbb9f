import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { limitBodyTime } from './limit-body-time.js';

/** Sends ten bytes, one every `pauseMs`; what came back. */
async function dribble(
  pauseMs: number,
  limit: (request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    limit(request);
    request.on('error', () => undefined).on('end', () => response.end('thanks'));
    request.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let reply = '';
  socket.on('data', (data) => (reply += data.toString())).on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 10\r\n\r\n');
  for (let i = 0; i < 10 && !socket.destroyed; i++) {
    socket.write('x');
    await sleep(pauseMs);
  }
  await closed;
  server.close();
  return reply;
}

describe('limitBodyTime', () => {
  it('ends a request that takes too long in all', async () => {
    expect(await dribble(30, (r) => limitBodyTime(r, false, { bodyMs: 100 }))).toBe('');
    expect(await dribble(1, (r) => limitBodyTime(r, false, { bodyMs: 2_000 }))).toMatch(/thanks/);
  });

  it('bounds the pauses of an upload, not its length', async () => {
    const limits = { bodyMs: 100, pauseMs: 500 };
    expect(await dribble(40, (r) => limitBodyTime(r, true, limits))).toMatch(/thanks/);
    expect(await dribble(400, (r) => limitBodyTime(r, true, { pauseMs: 100 }))).toBe('');
  });

  it('leaves a request alone whose reply takes long', async () => {
    const server = createServer((request, response) => {
      limitBodyTime(request, request.method === 'POST', { bodyMs: 50, pauseMs: 50 });
      request.resume();
      setTimeout(() => response.end('late'), 200);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const method of ['GET', 'POST'])
      expect(await (await fetch(url, { method })).text()).toBe('late');
    server.close();
    server.closeAllConnections();
  });
});
