import type { Client } from './client.js';

export type JsonSchema = Record<string, unknown>;

/** One operation of `/openapi.json`. */
export interface Operation {
  method: string;
  /** With its parameters in braces. */
  path: string;
  /** Scopes of which a key needs one; null = anybody may call. */
  scopes: readonly string[] | null;
  /** Whether a gateway on loopback asks for no key. */
  openOnLoopback: boolean;
  query: { name: string; schema: JsonSchema }[];
  /** Of the JSON body, where there is one. */
  body: JsonSchema | null;
}

interface Described {
  security?: Record<string, unknown>[];
  'x-zerorouter-scopes'?: string[];
  parameters?: { in: string; name: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

/** Every operation that the gateway describes, so that a new one is tested without anybody's doing. */
export async function describedOperations(client: Client): Promise<Operation[]> {
  const { body } = await client.get('/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, described]) => ({
      method: method.toUpperCase(),
      path,
      scopes: described['x-zerorouter-scopes'] ?? null,
      openOnLoopback: described.security?.some((one) => Object.keys(one).length === 0) ?? false,
      query: (described.parameters ?? []).filter((parameter) => parameter.in === 'query'),
      body: described.requestBody?.content['application/json']?.schema ?? null,
    })),
  );
}
