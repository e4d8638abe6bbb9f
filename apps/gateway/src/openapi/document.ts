import type { Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { problemSchema } from '@zerorouter/contracts';
import { ACCESS_METADATA, DEFAULT_ACCESS, isOpenOnLoopback } from '@zerorouter/platform';
import type { Access } from '@zerorouter/platform';
import { z } from 'zod';
import { DESCRIPTION_METADATA } from './describe.js';
import type { DescribedResponse, EndpointDescription } from './describe.js';

type JsonSchema = Record<string, unknown>;

/** An OpenAPI 3.1 document, whose schemas are JSON Schema 2020-12 just as zod writes them. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
}

interface Endpoint {
  path: string;
  method: string;
  access: Access;
  description: EndpointDescription;
}

/**
 * Describes every endpoint of some controllers.
 * @param more endpoints of controllers that other packages hold.
 * @throws Error when a handler carries no description: the document is to be complete.
 */
export function describeApi(
  controllers: readonly Type[],
  more: readonly Endpoint[] = [],
  version = '0.1.0',
): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const endpoint of [...controllers.flatMap(endpointsOf), ...more]) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method]: describeOperation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ZeroRouter',
      version,
      description:
        'Tells for every query how likely each model is to get it right, what it will cost and how long it will take, and picks one. Failures are problem documents (RFC 9457).',
    },
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key that begins with `zr_`. On a loopback HOST, /v1 needs none.',
        },
      },
    },
  };
}

function endpointsOf(controller: Type): Endpoint[] {
  const base = read<string>('path', controller) ?? '';
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name]!;
    const method = name === 'constructor' ? undefined : read<RequestMethod>('method', handler);
    if (method === undefined) return [];
    const description = read<EndpointDescription>(DESCRIPTION_METADATA, handler);
    if (description === undefined)
      throw new Error(`${controller.name}.${name} has no @Describe(): it would be undocumented`);
    const tail = read<string>('path', handler) ?? '';
    return [
      {
        path: `/${[base, tail].map(trimSlashes).filter(Boolean).join('/')}`,
        method: RequestMethod[method].toLowerCase(),
        access:
          read<Access>(ACCESS_METADATA, handler) ??
          read<Access>(ACCESS_METADATA, controller) ??
          DEFAULT_ACCESS,
        description,
      },
    ];
  });
}

function read<Value>(key: string, target: object): Value | undefined {
  return Reflect.getMetadata(key, target) as Value | undefined;
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

function describeOperation({ path, method, access, description }: Endpoint) {
  const { summary, tag, body, ndjsonBody, query, params = {}, responses } = description;
  const parameters = [
    ...Object.entries(params).map(([name, text]) => ({
      name,
      in: 'path',
      required: true,
      description: text,
      schema: { type: 'string' },
    })),
    ...Object.entries(description.requestHeaders ?? {}).map(([name, text]) => ({
      name,
      in: 'header',
      required: false,
      description: text,
      schema: { type: 'string' },
    })),
    ...(query === undefined ? [] : queryParameters(query)),
  ];
  return {
    operationId: `${method}${path.replace(/[^a-z0-9]+(\w)/gi, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: jsonSchema(body, 'input') },
              ...(ndjsonBody === undefined
                ? {}
                : {
                    'application/x-ndjson': {
                      schema: { type: 'string', description: ndjsonBody },
                    },
                  }),
            },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [status, describeResponse(response)]),
      ),
      default: {
        description: 'A problem document',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
    // An empty alternative: on loopback it may be called without a key.
    security: access === 'open' ? [] : [{ apiKey: [] }, ...(isOpenOnLoopback(access) ? [{}] : [])],
    // A key with any of them will do; `admin` includes the others.
    ...(access === 'open' ? {} : { 'x-zerorouter-scopes': access }),
  };
}

function describeResponse({
  description,
  schema,
  mediaType = 'application/json',
  headers = {},
}: DescribedResponse) {
  return {
    description,
    ...(Object.keys(headers).length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [
              name,
              { description: text, schema: { type: 'string' } },
            ]),
          ),
        }),
    ...(schema === undefined
      ? {}
      : { content: { [mediaType]: { schema: jsonSchema(schema, 'output') } } }),
  };
}

function queryParameters(schema: z.ZodObject) {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}

/** The bridge from zod to OpenAPI: 3.1 takes JSON Schema as it is, without its `$schema`. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const json: JsonSchema = { ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
  delete json.$schema;
  return json;
}
