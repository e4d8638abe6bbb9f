import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adminModelSchema } from '../../packages/contracts/dist/index.js';
import { judgeAnswer } from '../fuzz/judge.js';
import { requestsOf, type FuzzRequest, type FuzzWorld } from '../fuzz/requests.js';
import { FuzzSender } from '../fuzz/send.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { describedOperations } from '../stack/openapi.js';

/** `npm run test:fuzz` runs fifty thousand; every run of the tests a share of them. */
const CASES = Number(process.env['ZEROROUTER_FUZZ_CASES'] ?? 3_000);
const SEED = Number(process.env['ZEROROUTER_FUZZ_SEED'] ?? randomInt(2 ** 31));
const ROUND = 256;
const SOCKETS = 16;
const MODELS = 24;
/** What a gateway may grow by between the tenth and the last part of the cases. */
const GROWTH_BYTES = 300 * 1024 * 1024;

describe(`fuzzing, ZEROROUTER_FUZZ_SEED=${SEED} ZEROROUTER_FUZZ_CASES=${CASES}`, () => {
  let own: OwnStack;
  let sender: FuzzSender;
  let requests: fc.Arbitrary<FuzzRequest>;

  beforeAll(async () => {
    own = await bootOwnStack();
    sender = new FuzzSender(own.client.url, SOCKETS);
    const { adminKey } = prepared();
    const world: FuzzWorld = { key: adminKey, ids: await makeThings(adminKey) };
    const operations = await describedOperations(own.client);
    requests = fc.oneof(...operations.map((operation) => requestsOf(operation, world)));
  });
  afterAll(async () => {
    sender.close();
    await own.stop();
  });

  /** Drafts, a decision and a batch: something to find under an id. */
  const makeThings = async (key: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < MODELS; i++) {
      const made = await own.client.post('/admin/v1/models', { name: `fuzz/${i}` }, key);
      ids.push(adminModelSchema.parse(made.body).id, `fuzz/${i}`);
    }
    ids.push((await own.client.route({ query: 'What is there to find?' }, key)).decision_id);
    const batch = await own.client.post(
      '/v1/route/batches',
      { items: [{ custom_id: 'a', query: 'b' }] },
      key,
    );
    return [...ids, (batch.body as { id: string }).id, 'starter', 'fuzzed-policy'];
  };
  const rssOf = (pid: number): number => {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
    return Number(kilobytes) * 1024;
  };
  const complaintOf = async (request: FuzzRequest): Promise<string | null> => {
    try {
      return judgeAnswer(await sender.send(request));
    } catch (error) {
      return (error as Error).message;
    }
  };
  const show = ({ body, ...rest }: FuzzRequest, complaint: string): string =>
    `${complaint}\n${JSON.stringify({ ...rest, headers: { ...rest.headers, authorization: '…' } })}\n${body?.toString('utf8').slice(0, 2_000) ?? 'no body'}`;

  it('no request makes the gateway fail, hang, tell of its innards, or grow', async () => {
    const pid = own.stack.pid('gateway');
    const complaints = new Map<string, string>();
    let sent = 0;
    let early = 0;
    for (let round = 0; sent < CASES; round++) {
      const batch = fc.sample(requests, {
        seed: SEED + round,
        numRuns: Math.min(ROUND, CASES - sent),
      });
      const found = await sender.each(batch, complaintOf);
      found.forEach((complaint, i) => {
        if (complaint === null) return;
        // One of each kind is enough to mend it.
        const kind = `${batch[i]!.method} ${batch[i]!.path.split('?')[0]!.slice(0, 30)} ${complaint.slice(0, 60)}`;
        complaints.set(kind, show(batch[i]!, complaint));
      });
      sent += batch.length;
      if (early === 0 && sent >= CASES / 10) early = rssOf(pid!);
    }
    expect([...complaints.values()].slice(0, 20)).toEqual([]);
    expect(own.stack.pid('gateway')).toBe(pid);
    expect(rssOf(pid!) - early).toBeLessThan(GROWTH_BYTES);
    expect((await own.client.get('/health/ready')).status).toBe(200);
  }, 1_200_000);

  it.each<[string, string]>([
    [
      'a line feed in a header',
      'GET /v1/models HTTP/1.1\r\nhost: a\r\nx-a: b\nx-injected: c\r\n\r\n',
    ],
    ['NUL in a header', 'GET /v1/models HTTP/1.1\r\nhost: a\r\nx-a: \u0000\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/route HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    ],
    [
      'length and chunks',
      'POST /v1/route HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a broken chunk',
      'POST /v1/route HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    ],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['a path without end', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
    ['a method of its own', 'BREW /v1/route HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['no host', 'GET /v1/models HTTP/1.1\r\n\r\n'],
    ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    [
      'a path in full',
      'GET http://elsewhere.invalid/v1/models HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    ],
  ])('refuses or survives on the wire: %s', async (_, bytes) => {
    const { hostname, port } = new URL(own.client.url);
    const socket = connect(Number(port), hostname);
    const reply = await new Promise<string>((resolve, reject) => {
      socket.setTimeout(10_000, () => reject(new Error('no answer')));
      socket.once('data', (chunk) => resolve(chunk.toString()));
      socket.once('close', () => resolve(''));
      socket.on('error', () => resolve(''));
      socket.write(Buffer.from(bytes, 'latin1'));
    }).finally(() => socket.destroy());
    expect(reply).not.toMatch(/^HTTP\/1\.1 5|^x-injected/im);
    expect((await own.client.get('/health/live')).status).toBe(200);
  });

  it('leaves a log in which every line is one object of ours', () => {
    const log = readFileSync(join(own.stateDir, 'logs', 'gateway.log'), 'utf8');
    for (const line of log.trim().split('\n')) {
      const entry = JSON.parse(line) as { app: string; msg?: string };
      expect([entry.app, entry.msg === 'forged']).toEqual(['gateway', false]);
    }
  });
});
