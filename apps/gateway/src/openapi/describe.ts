import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export interface DescribedResponse {
  description: string;
  /** Absent where there is no body. */
  schema?: z.ZodType;
  /** Of what the schema describes; JSON unless told. */
  mediaType?: string;
  headers?: Readonly<Record<string, string>>;
}

/** What the OpenAPI document says of one endpoint; the schemas are those that it checks against. */
export interface EndpointDescription {
  summary: string;
  tag:
    | 'routing'
    | 'chat'
    | 'batches'
    | 'policies'
    | 'models'
    | 'onboarding'
    | 'decisions'
    | 'feedback'
    | 'spaces'
    | 'keys'
    | 'audit'
    | 'operations'
    | 'health';
  body?: z.ZodType;
  /** Says how the body may be sent as NDJSON as well. */
  ndjsonBody?: string;
  /** An object schema: one query parameter per property. */
  query?: z.ZodObject;
  params?: Readonly<Record<string, string>>;
  /** Headers that a request may carry. */
  requestHeaders?: Readonly<Record<string, string>>;
  responses: Readonly<Record<number, DescribedResponse>>;
}

export const DESCRIPTION_METADATA = 'zerorouter:description';

export const Describe = (description: EndpointDescription) =>
  SetMetadata(DESCRIPTION_METADATA, description);
