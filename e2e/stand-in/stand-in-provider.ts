import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { answerFault, faultOf, type Fault } from './faults.js';
import { roughTokens, sendAnswer, type Pace, type Prepared } from './send-answer.js';

/** A request as an answering function sees it. */
export interface AskedChat {
  /** Content of the last message. */
  prompt: string;
  /** The body as it came. */
  body: Record<string, unknown>;
}

export interface StandInAnswer {
  text: string;
  /** Default: what the text has, about four characters each. */
  outputTokens?: number;
  /** Of the output tokens, those that are thoughts. Default 0. */
  reasoningTokens?: number;
  ttftMs?: number;
  tpotMs?: number;
}

export interface StandInOptions {
  answer: (chat: AskedChat) => StandInAnswer | Promise<StandInAnswer>;
  /** Calls with another key are answered 401. Default: any key will do. */
  apiKey?: string;
  /** How fast it answers. Default: at once. */
  pace?: Partial<Pace>;
  faults?: readonly Fault[];
  /** Of the faults' draws. Default 1. */
  seed?: number;
  /** USD per million tokens, for `billed`. Default 0. */
  prices?: { inputPerMtok: number; outputPerMtok: number };
}

/** A provider that is none: **for tests only**. It speaks the OpenAI API on a local port. */
export interface StandInProvider {
  /** Ends in `/v1`. */
  baseUrl: string;
  /** Calls so far, those that met a fault included. */
  readonly calls: number;
  /** Calls by prompt. */
  readonly callsByPrompt: ReadonlyMap<string, number>;
  readonly inFlight: number;
  readonly mostInFlight: number;
  /** Calls by the fault that they met. */
  readonly faults: ReadonlyMap<string, number>;
  /** What a provider would charge for: every answer that it began, even if nobody heard it. */
  readonly billed: { inputTokens: number; outputTokens: number; usd: number };
  /** Replaces the faults from the next call on. */
  setFaults(faults: readonly Fault[]): void;
  close(): Promise<void>;
}

const REFUSAL = "I'm sorry, but I can't help with that.";

export async function startStandInProvider(options: StandInOptions): Promise<StandInProvider> {
  const { seed = 1, prices = { inputPerMtok: 0, outputPerMtok: 0 } } = options;
  let faults = options.faults ?? [];
  const callsByPrompt = new Map<string, number>();
  const faultsMet = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  const tally = { calls: 0, inFlight: 0, mostInFlight: 0 };
  const billed = { inputTokens: 0, outputTokens: 0, usd: 0 };

  const bill = ({ inputTokens, outputTokens }: Prepared): void => {
    billed.inputTokens += inputTokens;
    billed.outputTokens += outputTokens;
    billed.usd += (inputTokens * prices.inputPerMtok + outputTokens * prices.outputPerMtok) / 1e6;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await readText(request)) as Record<string, unknown>;
    const chat: AskedChat = { prompt: lastContent(body), body };
    const call = ++tally.calls;
    count(callsByPrompt, chat.prompt);
    const keyIsWrong =
      options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`;
    const fault: Fault | undefined = keyIsWrong
      ? { kind: 'unauthorized' }
      : faultOf(faults, call, seed);
    if (fault !== undefined) {
      count(faultsMet, fault.kind);
      if (answerFault(response, fault)) return;
    }
    const answer =
      fault?.kind === 'empty'
        ? { text: '', outputTokens: 0 }
        : fault?.kind === 'refusal'
          ? { text: REFUSAL }
          : await options.answer(chat);
    const prepared = prepare(answer, body, options.pace ?? {});
    bill(prepared);
    await sendAnswer(response, prepared, { cut: fault?.kind === 'cut' });
  };

  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== '/v1/chat/completions') {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"No such path"}}');
      return;
    }
    tally.inFlight += 1;
    tally.mostInFlight = Math.max(tally.mostInFlight, tally.inFlight);
    response.once('close', () => (tally.inFlight -= 1));
    serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    callsByPrompt,
    faults: faultsMet,
    billed,
    get calls() {
      return tally.calls;
    },
    get inFlight() {
      return tally.inFlight;
    },
    get mostInFlight() {
      return tally.mostInFlight;
    },
    setFaults: (next) => {
      faults = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer with all that its sending needs, cut at the request's limit of tokens. */
function prepare(
  answer: StandInAnswer,
  body: Record<string, unknown>,
  pace: Partial<Pace>,
): Prepared {
  const wanted = answer.outputTokens ?? roughTokens(answer.text);
  const limit = Number(body['max_completion_tokens'] ?? body['max_tokens'] ?? Infinity);
  const outputTokens = Math.min(wanted, limit);
  const inputTokens = roughTokens(JSON.stringify(body['messages']));
  const share = wanted === 0 ? 1 : outputTokens / wanted;
  return {
    model: String(body['model']),
    text: answer.text.slice(0, Math.ceil(answer.text.length * share)),
    finishReason: outputTokens < wanted ? 'length' : 'stop',
    inputTokens,
    outputTokens,
    reasoningTokens: Math.min(answer.reasoningTokens ?? 0, outputTokens),
    ttftMs: answer.ttftMs ?? (pace.ttftMs ?? 0) + (pace.ttftMsPerInputToken ?? 0) * inputTokens,
    tpotMs: answer.tpotMs ?? pace.tpotMs ?? 0,
    stream: body['stream'] === true,
    withUsage: body['stream_options'] !== undefined,
  };
}

function lastContent({ messages }: Record<string, unknown>): string {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  const content =
    typeof last === 'object' && last !== null && 'content' in last ? last.content : undefined;
  return typeof content === 'string' ? content : '';
}
