import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export interface DescribedResponse {
  description: string;
  /** Absent where there is no body. */
  schema?: z.ZodType;
  headers?: Readonly<Record<string, string>>;
}

/** What the OpenAPI document says of one endpoint; the schemas are those that it checks against. */
export interface EndpointDescription {
  summary: string;
  tag: 'routing' | 'models' | 'decisions' | 'spaces' | 'keys' | 'health';
  body?: z.ZodType;
  /** An object schema: one query parameter per property. */
  query?: z.ZodObject;
  params?: Readonly<Record<string, string>>;
  responses: Readonly<Record<number, DescribedResponse>>;
}

export const DESCRIPTION_METADATA = 'zerorouter:description';

export const Describe = (description: EndpointDescription) =>
  SetMetadata(DESCRIPTION_METADATA, description);
