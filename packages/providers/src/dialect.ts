import type { Deployment } from './deployment.js';

/** Which of the parameters that servers quarrel over a deployment takes. */
export interface Dialect {
  /** `stream_options: { include_usage: true }`; older servers refuse what they do not know. */
  streamOptions: boolean;
  /** A temperature of our own; reasoning models take none. */
  temperature: boolean;
  /** How the longest answer is named; reasoning models of OpenAI refuse `max_tokens`. */
  tokenLimit: 'max_tokens' | 'max_completion_tokens';
}

const USUAL: Dialect = { streamOptions: true, temperature: true, tokenLimit: 'max_tokens' };

/**
 * The dialect to try after an answer 400 or 422 to `dialect`, going by what its text complains of;
 * null when nothing of ours is left that it could mean. A temperature that the caller gave is not ours.
 */
export function adaptDialect(
  dialect: Dialect,
  complaint: string,
  givesTemperature: boolean,
): Dialect | null {
  if (dialect.tokenLimit === 'max_tokens' && complaint.includes('max_completion_tokens')) {
    return { ...dialect, tokenLimit: 'max_completion_tokens' };
  }
  if (dialect.streamOptions && /stream_options|include_usage/.test(complaint)) {
    return { ...dialect, streamOptions: false };
  }
  if (dialect.temperature && !givesTemperature && complaint.includes('temperature')) {
    return { ...dialect, temperature: false };
  }
  return null;
}

/** The dialects that calls have succeeded in. A deployment that moves is a new one. */
export class DialectMemory {
  readonly #known = new Map<string, Dialect>();

  of(deployment: Deployment): Dialect {
    return this.#known.get(keyOf(deployment)) ?? USUAL;
  }

  remember(deployment: Deployment, dialect: Dialect): void {
    this.#known.set(keyOf(deployment), dialect);
  }
}

function keyOf({ id, baseUrl, upstreamModel }: Deployment): string {
  return JSON.stringify([id, baseUrl, upstreamModel]);
}
