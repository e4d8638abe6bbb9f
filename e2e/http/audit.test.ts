import { describe, expect, it } from '@jest/globals';
import {
  auditPageSchema,
  newApiKeySchema,
  type AuditEntryView,
} from '../../packages/contracts/dist/index.js';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const client = sharedClient();
const { adminKey } = prepared();

describe('the audit log', () => {
  const read = async (query: string): Promise<AuditEntryView[]> => {
    const answer = await client.get(`/admin/v1/audit${query}`, adminKey);
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    return auditPageSchema.parse(answer.body).data;
  };
  const change = (method: string, path: string, body?: unknown, key = adminKey) =>
    fetch(`${client.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const make = async (more = {}) => {
    const answer = await client.post('/admin/v1/keys', { name: 'audited', ...more }, adminKey);
    return newApiKeySchema.parse(answer.body);
  };

  it('tells who made, changed and revoked what, before the answer is there', async () => {
    const { id, key } = await make({ scopes: ['admin'] });
    const path = `/admin/v1/keys/${id}`;
    expect((await change('PATCH', path, { name: 'renamed' }, key)).status).toBe(200);
    expect((await change('DELETE', path)).status).toBe(204);
    const entries = await read(`?target=${id}`);
    expect(entries.map(({ action, status }) => [action, status])).toEqual([
      ['DELETE /admin/v1/keys/:id', 204],
      ['PATCH /admin/v1/keys/:id', 200],
      ['POST /admin/v1/keys', 201],
    ]);
    const [revoked, renamed, made] = entries;
    expect(renamed).toMatchObject({ key_id: id, target: id, problem: null, ip: '127.0.0.1' });
    expect(revoked!.key_id).toBe(made!.key_id);
    expect(made!.key_id).toMatch(/^key_/);
    expect(new Set(entries.map(({ request_id }) => request_id)).size).toBe(3);
    expect(JSON.stringify(entries)).not.toContain(key);
  });

  it('tells of what was refused, and of whom as far as that is known', async () => {
    const { id, key } = await make({ scopes: ['route'] });
    const target = `unknown-${id}`;
    const path = `/admin/v1/policies/${target}`;
    const answers = [
      await change('PUT', path, { weights: 'none' }),
      await change('PUT', path, { weights: {} }, key),
      await change('PUT', path, { weights: {} }, 'zr_nobody'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 403, 401]);
    expect(await read(`?target=${target}&refused=true`)).toMatchObject([
      { action: 'PUT /admin/v1/policies/:name', key_id: null, problem: 'invalid-key' },
      { action: 'PUT /admin/v1/policies/:name', key_id: id, problem: 'missing-scope' },
      { action: 'PUT /admin/v1/policies/:name', status: 400, problem: 'invalid-request' },
    ]);
    expect(await read(`?target=${target}&refused=false`)).toEqual([]);
    expect(await read(`?key_id=${id}`)).toHaveLength(1);
  });

  it('does not tell of what only reads', async () => {
    const newest = async () => (await read('?limit=1'))[0]?.id;
    const before = await newest();
    await client.get('/admin/v1/keys', adminKey);
    await client.post('/admin/v1/simulate', { limit: 1 }, adminKey);
    await client.route({ query: 'Is this told of?' });
    expect(await newest()).toBe(before);
  });

  it('is paged through, and is for administrators alone', async () => {
    await Promise.all([make(), make(), make()]);
    const all = await read('?action=POST%20%2Fadmin%2Fv1%2Fkeys&limit=3');
    const first = await client.get(
      '/admin/v1/audit?action=POST%20%2Fadmin%2Fv1%2Fkeys&limit=2',
      adminKey,
    );
    const { data, next } = auditPageSchema.parse(first.body);
    expect(data).toEqual(all.slice(0, 2));
    expect(next).toBe(data[1]!.id);
    const rest = await read(`?action=POST%20%2Fadmin%2Fv1%2Fkeys&limit=1&before=${next}`);
    expect(rest).toEqual(all.slice(2));
    expect(await read(`?from=${all[0]!.at}&to=${all[0]!.at}`)).toEqual([]);
    expectProblem(await client.get('/admin/v1/audit?before=aud_none', adminKey), 404);
    expectProblem(await client.get('/admin/v1/audit?refused=maybe', adminKey), 400);
    const { key } = await make({ scopes: ['route', 'chat', 'metrics'] });
    expectProblem(await client.get('/admin/v1/audit', key), 403);
    expectProblem(await client.get('/admin/v1/audit'), 401);
  });
});
