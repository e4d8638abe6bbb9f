import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newApiKeySchema, problemSchema } from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, sharedClient, type OwnStack } from '../stack/boot-stack.js';
import type { Client } from '../stack/client.js';
import { describedOperations, type Operation } from '../stack/openapi.js';

const { adminKey } = prepared();
const SCOPES = ['route', 'chat', 'metrics', 'admin'] as const;
/** No key was ever made with it. */
const UNKNOWN = `zr_${'0'.repeat(43)}`;

/**
 * Who may do what, written down apart from the code: the first pattern that fits counts. A path that
 * fits none fails, so that somebody thinks of it.
 */
const RULES: [RegExp, readonly string[] | null][] = [
  [/^\/health\//, null],
  [/^\/metrics$/, ['metrics']],
  [/^\/admin\//, ['admin']],
  [/^\/v1\/(chat\/completions|embeddings|responses|completions)$/, ['chat']],
  [/^\/v1\/models(\/|$)/, ['route', 'chat']],
  [/^\/v1\//, ['route']],
];
/** What answers of one kind are also for those who chat: their decisions, and feedback on them. */
const ALSO_CHAT = /^\/v1\/(decisions\/|feedback$)/;

function expectedScopes({ path }: Operation): readonly string[] | null | undefined {
  const rule = RULES.find(([pattern]) => pattern.test(path));
  return rule === undefined ? undefined : rule[1];
}

/** Calls with ids that nobody has and without a body: what is let in changes nothing. */
async function call(client: Client, { method, path }: Operation, key: string | null) {
  const response = await fetch(`${client.url}${path.replace(/\{\w+\}/g, 'none-such')}`, {
    method,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(20_000),
  });
  const { status, headers } = response;
  // Streams of what there is need not be read to their end.
  const text = status === 200 ? '' : await response.text();
  if (status === 200) await response.body?.cancel();
  return { status, challenge: headers.get('www-authenticate'), text };
}

async function makeKey(client: Client, scopes: readonly string[]) {
  const answer = await client.post('/admin/v1/keys', { name: scopes.join(), scopes }, adminKey);
  expect(answer.status).toBe(201);
  return newApiKeySchema.parse(answer.body);
}

describe('who may call what', () => {
  let own: OwnStack;
  let operations: Operation[];
  let revoked: string;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    // `127.1` is no name of loopback: every call asks for a key.
    own = await bootOwnStack({ host: '127.1' });
    operations = await describedOperations(own.client);
    for (const scope of SCOPES) keys[scope] = (await makeKey(own.client, [scope])).key;
    const gone = await makeKey(own.client, ['admin']);
    revoked = gone.key;
    expect((await own.client.delete(`/admin/v1/keys/${gone.id}`, adminKey)).status).toBe(204);
    const deadline = Date.now() + 10_000;
    while ((await own.client.get('/admin/v1/keys', revoked)).status === 200) {
      expect(Date.now()).toBeLessThan(deadline);
    }
  });
  afterAll(async () => {
    await own.stop();
  });

  it('is documented as it is meant, for every path', () => {
    expect(operations.length).toBeGreaterThan(40);
    for (const operation of operations) {
      const { method, path, scopes } = operation;
      const expected = expectedScopes(operation);
      const also = ALSO_CHAT.test(path) && scopes?.includes('chat') === true ? ['chat'] : [];
      expect({ method, path, scopes: scopes && [...scopes].sort() }).toEqual({
        method,
        path,
        scopes: expected && [...expected, ...also].sort(),
      });
    }
  });

  it('is held to: no key, a wrong one and a revoked one are 401 on whatever is not open', async () => {
    for (const operation of operations) {
      for (const [kind, key] of [
        ['none', null],
        ['unknown', UNKNOWN],
        ['revoked', revoked],
      ] as const) {
        const { method, path, scopes } = operation;
        const { status, challenge, text } = await call(own.client, operation, key);
        const ours = `${key === null ? 'missing' : 'invalid'}-key`;
        // Where clients of the OpenAI API call, errors have that API's words.
        const code = text.includes('"error":{') ? 'invalid_api_key' : ours;
        const refused = { method, path, kind, status: 401, challenge: 'Bearer', code: true };
        if (scopes !== null)
          expect({ method, path, kind, status, challenge, code: text.includes(code) }).toEqual(
            refused,
          );
        else expect([method, path, kind, status]).not.toEqual([method, path, kind, 401]);
      }
    }
  });

  it('is held to: a key does what its scope says and nothing more; admin does all', async () => {
    for (const operation of operations) {
      const { method, path, scopes } = operation;
      for (const held of SCOPES) {
        const { status, text } = await call(own.client, operation, keys[held]!);
        const mayCall = scopes === null || held === 'admin' || scopes.includes(held);
        expect({
          method,
          path,
          held,
          refused: [401, 403].includes(status),
          text: mayCall ? '' : text,
        }).toEqual({
          method,
          path,
          held,
          refused: !mayCall,
          text: mayCall ? '' : expect.stringContaining('missing-scope'),
        });
        expect([method, path, held, status < 500 || status === 503]).toEqual([
          method,
          path,
          held,
          true,
        ]);
      }
    }
  });

  it('tells nothing of what is there to who may not see it', async () => {
    const operation = operations.find(({ path }) => path === '/admin/v1/models/{id}')!;
    const there = await call(own.client, { ...operation, method: 'GET' }, keys['route']!);
    expect(problemSchema.parse(JSON.parse(there.text)).code).toBe('missing-scope');
  });
});

describe('on loopback', () => {
  it('no key is asked for where one routes or chats, and one everywhere else', async () => {
    const client = sharedClient();
    for (const operation of await describedOperations(client)) {
      const { method, path, scopes, openOnLoopback } = operation;
      const isTraffic = /^\/v1\//.test(path);
      expect([method, path, openOnLoopback]).toEqual([method, path, isTraffic]);
      const { status } = await call(client, operation, null);
      expect([method, path, status === 401]).toEqual([method, path, scopes !== null && !isTraffic]);
    }
  });
});
