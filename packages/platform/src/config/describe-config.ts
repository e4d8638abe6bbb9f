import { z } from 'zod';
import { configSchema } from './variables.js';

/** One variable, as the README's table shows it. */
export interface ConfigRow {
  name: string;
  description: string;
  /** What holds when it is unset; null where nothing does. */
  default: string | null;
  required: boolean;
}

/** The variables in the order of the schema. */
export function describeConfig(): ConfigRow[] {
  const { properties = {}, required = [] } = z.toJSONSchema(configSchema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, default: fallback } = z
      .object({ description: z.string(), default: z.union([z.string(), z.number()]) })
      .partial({ default: true })
      .parse(property);
    return {
      name,
      description,
      default: fallback === undefined ? null : String(fallback),
      required: required.includes(name),
    };
  });
}
