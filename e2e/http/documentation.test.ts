import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { sharedClient } from '../stack/boot-stack.js';

const client = sharedClient();

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}

describe('the documentation', () => {
  it('is a valid OpenAPI document that names every path', async () => {
    const answer = await client.get('/openapi.json');
    expect(answer.status).toBe(200);
    const { valid, errors } = await new Validator().validate(
      answer.body as Record<string, unknown>,
    );
    expect(JSON.stringify(errors ?? []).slice(0, 500)).toBe('[]');
    expect(valid).toBe(true);
    const { paths } = answer.body as OpenApi;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/route',
        '/v1/models',
        '/v1/decisions/{id}',
        '/health/live',
        '/health/ready',
        '/admin/v1/keys',
        '/admin/v1/spaces',
        '/admin/v1/spaces/calibrations',
      ]),
    );
    const route = paths['/v1/route']?.['post'];
    expect(Object.keys(route?.responses ?? {})).toContain('200');
  });

  it('answers every documented path that takes no parameter', async () => {
    const { paths } = (await client.get('/openapi.json')).body as OpenApi;
    for (const [path, operations] of Object.entries(paths)) {
      if (!path.includes('{') && 'get' in operations) {
        const { status } = await client.get(path);
        const needsKey = path.startsWith('/admin/') || path === '/metrics';
        expect([path, status]).toEqual([path, needsKey ? 401 : 200]);
      }
    }
  });

  it('has pages for people', async () => {
    const answer = await client.get('/docs');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
  });
});
