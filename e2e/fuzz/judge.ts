import { NOWHERE } from './from-schema.js';
import type { FuzzAnswer } from './send.js';

/** Refusals that say when to come again, and are no failure. */
const BUSY = new Set(['too-many-uploads', 'overloaded', 'deployments-resting']);
/** What must not leave the house: stacks, statements, file names of ours. */
const INNARDS = /\n\s+at |node_modules|\/dist\/|PrismaClient|\bSELECT\b.*\bFROM\b|\bINSERT INTO\b/;

/** What is wrong with an answer, whatever was asked; null = nothing. */
export function judgeAnswer({ status, headers, text }: FuzzAnswer): string | null {
  if (headers['x-injected'] !== undefined) return 'a header was injected';
  if (status < 400) return status < 200 ? `status ${status}` : null;
  if (INNARDS.test(text)) return `its text tells of our innards: ${text.slice(0, 400)}`;
  const body = parse(text);
  const code = body?.['code'] ?? (body?.['error'] as Record<string, unknown> | undefined)?.['code'];
  const comesAgain = BUSY.has(String(code)) && headers['retry-after'] !== undefined;
  // A model whose only deployment is nowhere: the gateway says so, as it should.
  const isNowhere = code === 'provider-failed' && text.includes(`${NOWHERE} could not be reached`);
  if (status >= 500 && !(status === 503 && comesAgain) && !(status === 502 && isNowhere))
    return `status ${status}: ${text.slice(0, 400)}`;
  // Node itself answers what is no HTTP.
  if (body === null && ![400, 408, 431].includes(status))
    return `status ${status} without a problem document: ${text.slice(0, 200)}`;
  return null;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
