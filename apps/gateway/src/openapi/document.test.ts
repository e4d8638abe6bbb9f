import { Controller, Get, Param } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeGateway } from './describe-gateway.js';
import { describeApi } from './document.js';

interface Operation {
  security: unknown[];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: Record<string, unknown> }> };
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

const { paths } = describeGateway();
const operation = (path: string, method: string) => paths[path]?.[method] as Operation;

describe('describeGateway', () => {
  it('describes the requests by the schemas that check them', () => {
    const { schema } = operation('/v1/route', 'post').requestBody!.content['application/json']!;
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties as object)).toEqual(
      expect.arrayContaining(['query', 'messages', 'models', 'policy', 'constraints', 'explain']),
    );
  });

  it('has paths with their parameters, query strings and access', () => {
    expect(operation('/v1/decisions/{id}', 'get')).toMatchObject({
      parameters: [{ name: 'id', in: 'path', required: true }],
      security: [{ apiKey: [] }, {}],
    });
    const search = operation('/admin/v1/decisions', 'get');
    expect(search.security).toEqual([{ apiKey: [] }]);
    expect(search.parameters?.map(({ name, required }) => [name, required])).toEqual(
      ['limit', 'before', 'model', 'policy', 'key_id', 'from', 'to'].map((name) => [name, false]),
    );
    expect(operation('/health/live', 'get').security).toEqual([]);
  });

  it('promises a problem document for every failure, and names each operation once', () => {
    const operations = Object.values(paths).flatMap((path) => Object.values(path)) as (Operation & {
      operationId: string;
    })[];
    expect(operations.length).toBeGreaterThan(15);
    for (const { responses } of operations)
      expect(responses.default?.content).toHaveProperty(['application/problem+json']);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });
});

describe('describeApi', () => {
  it('refuses an endpoint without a description', () => {
    @Controller('things')
    class ThingsController {
      @Get(':id')
      get(@Param('id') id: string): string {
        return id;
      }
    }
    expect(() => describeApi([ThingsController])).toThrow(/ThingsController\.get has no @Describe/);
  });

  it('writes JSON Schema without the parts that belong to a file of its own', () => {
    const { components } = describeApi([]);
    expect(components.schemas?.Problem).not.toHaveProperty('$schema');
    expect(z.toJSONSchema(z.string())).toHaveProperty('$schema');
  });
});
