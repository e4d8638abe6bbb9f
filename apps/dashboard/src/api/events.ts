import { call } from './client.js';

export interface ServerEvent {
  event: string;
  data: string;
}

/**
 * Server-sent events through fetch, since EventSource can send no key. Ends when the server ends
 * the stream. @throws ApiError, or the reason of the signal.
 */
export async function* readEvents(
  path: string,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<ServerEvent> {
  const response = await call('GET', path, {
    ...options,
    headers: { accept: 'text/event-stream' },
  });
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Null for a comment, which only keeps the connection alive. */
export function parseEvent(block: string): ServerEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? null : { event, data: data.join('\n') };
}
