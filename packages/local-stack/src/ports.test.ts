import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { freePort, nextFreePort } from './ports.js';

describe('nextFreePort', () => {
  it('gives the wanted port when it is free, else the next one that is', async () => {
    const wanted = await freePort();
    expect(await nextFreePort(wanted, '127.0.0.1')).toBe(wanted);
    const server = createServer().listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await nextFreePort(wanted, '127.0.0.1')).toBeGreaterThan(wanted);
    } finally {
      server.close();
    }
  });

  it('says so when the host is not one of this machine', async () => {
    await expect(nextFreePort(3000, '192.0.2.1')).rejects.toMatchObject({
      code: 'host_not_bindable',
    });
  });
});
