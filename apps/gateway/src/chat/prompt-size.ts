import { estimateInputTokens } from '@zerorouter/latent-space';

/** How much a request asks for, as far as its body tells. */
export interface PromptSize {
  /** Estimated input tokens. */
  tokens: number;
  /** What no tokenizer goes beyond: each token of a byte-level vocabulary has a byte at least. */
  mostTokens: number;
  /** Longest answer that it allows, all choices together; null = it does not say. */
  maxOutputTokens: number | null;
}

/** Fields that a model reads. */
const READ = ['messages', 'tools', 'functions', 'response_format', 'input', 'instructions'];
const LIMITS = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'];
/**
 * An image or a recording, whatever its bytes: providers count from 85 to some ten thousand tokens. What
 * it really was stands in the usage.
 */
const MEDIA_TOKENS = 10_000;
const MEDIA = new Set(['image_url', 'input_audio', 'file', 'file_data']);
/** Around a turn or a part of one, in chat formats. */
const FRAME_TOKENS = 8;

export function measurePrompt(body: Readonly<Record<string, unknown>>): PromptSize {
  const found: Found = { characters: 0, bytes: 0, frames: 1, media: 0 };
  for (const field of READ) collect(body[field], found);
  const limit = LIMITS.map((name) => body[name]).find((value) => typeof value === 'number');
  const choices = typeof body['n'] === 'number' && body['n'] > 1 ? body['n'] : 1;
  return {
    tokens: estimateInputTokens({ length: found.characters }),
    mostTokens: found.bytes + found.frames * FRAME_TOKENS + found.media * MEDIA_TOKENS,
    maxOutputTokens: limit === undefined ? null : limit * choices,
  };
}

interface Found {
  characters: number;
  bytes: number;
  frames: number;
  media: number;
}

/** Iterates instead of recursing: the parser takes deeper nesting than the stack. */
function collect(root: unknown, found: Found): void {
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) {
      for (const member of value) open.push(member);
    } else if (typeof value === 'object' && value !== null) {
      found.frames++;
      for (const [name, member] of Object.entries(value)) {
        if (MEDIA.has(name)) found.media++;
        else {
          count(name, found);
          open.push(member);
        }
      }
    } else if (typeof value === 'string') count(value, found);
    else if (typeof value === 'number') count(String(value), found);
  }
}

function count(text: string, found: Found): void {
  found.characters += text.length;
  found.bytes += Buffer.byteLength(text);
}
