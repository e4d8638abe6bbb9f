import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ms; scaled down from what real models take, so that tests do not. */
export interface Pace {
  ttftMs: number;
  ttftMsPerInputToken: number;
  tpotMs: number;
}

/** An answer with everything that its sending needs. */
export interface Prepared {
  model: string;
  text: string;
  finishReason: 'stop' | 'length';
  inputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  ttftMs: number;
  tpotMs: number;
  stream: boolean;
  withUsage: boolean;
}

/** Pieces that a text is streamed in, at most. */
const MOST_PIECES = 12;

export const roughTokens = (text: string): number => Math.ceil(text.length / 4);

/** Sends an answer as asked for, at its pace; with `cut`, breaks off half-way. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Prepared,
  { cut }: { cut: boolean },
): Promise<void> {
  if (answer.stream) await sendStream(response, answer, cut);
  else await sendDocument(response, answer, cut);
}

async function sendStream(response: ServerResponse, answer: Prepared, cut: boolean): Promise<void> {
  const send = (choices: unknown[], more: object = {}): void => {
    const chunk = { id: 'stand-in', object: 'chat.completion.chunk', model: answer.model };
    response.write(`data: ${JSON.stringify({ ...chunk, choices, ...more })}\n\n`);
  };
  const say = (delta: object): void => send([{ index: 0, delta, finish_reason: null }]);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const pieces = piecesOf(answer.text);
  const firstAt = performance.now() + answer.ttftMs;
  const spanMs = answer.tpotMs * Math.max(0, answer.outputTokens - 1);
  await until(firstAt);
  if (answer.reasoningTokens > 0) say({ reasoning_content: 'Hm.' });
  for (const [i, content] of pieces.entries()) {
    if (i > 0 || answer.reasoningTokens > 0) {
      await until(firstAt + (spanMs * (i + 1)) / pieces.length);
    }
    if (response.destroyed) return;
    say({ content });
    if (cut && i >= (pieces.length - 1) / 2) {
      await sleep(5);
      response.destroy();
      return;
    }
  }
  // What is left of the time where the text was one piece, or none.
  await until(firstAt + spanMs);
  send([{ index: 0, delta: {}, finish_reason: answer.finishReason }]);
  if (answer.withUsage) send([], { usage: usageOf(answer) });
  response.end('data: [DONE]\n\n');
}

async function sendDocument(
  response: ServerResponse,
  answer: Prepared,
  cut: boolean,
): Promise<void> {
  await sleep(answer.ttftMs + answer.tpotMs * Math.max(0, answer.outputTokens - 1));
  const message = { role: 'assistant', content: answer.text };
  const choices = [{ index: 0, message, finish_reason: answer.finishReason }];
  const json = JSON.stringify({
    id: 'stand-in',
    object: 'chat.completion',
    model: answer.model,
    choices,
    usage: usageOf(answer),
  });
  response.writeHead(200, { 'content-type': 'application/json' });
  if (cut) response.write(json.slice(0, json.length / 2), () => response.destroy());
  else response.end(json);
}

function usageOf({ inputTokens, outputTokens, reasoningTokens }: Prepared): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}

function piecesOf(text: string): string[] {
  const size = Math.max(4, Math.ceil(text.length / MOST_PIECES));
  return text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'gu')) ?? [];
}

/** Timers drift when many run: each pause is measured from the start, not from the one before. */
async function until(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await sleep(ms);
}
