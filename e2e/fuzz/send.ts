import { Agent, request as httpRequest } from 'node:http';
import type { FuzzRequest } from './requests.js';

export interface FuzzAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The beginning of it. */
  text: string;
}

/** An answer that takes longer hangs. */
const HANGS_AFTER_MS = 20_000;
/** A stream of events goes on as long as what it tells of: its beginning is enough. */
const STREAM_MS = 500;
const TEXT_BYTES = 64 * 1024;

/** Sends requests over connections that stay open, `sockets` at a time. */
export class FuzzSender {
  private readonly agent: Agent;
  private readonly origin: URL;

  constructor(
    url: string,
    private readonly sockets: number,
  ) {
    this.origin = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: sockets });
  }

  /** Carries out all, as many at a time as there are sockets, so that none waits for its turn. */
  async each<Result>(
    requests: readonly FuzzRequest[],
    act: (request: FuzzRequest) => Promise<Result>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < requests.length; i = next++) results[i] = await act(requests[i]!);
    };
    await Promise.all(Array.from({ length: this.sockets }, work));
    return results;
  }

  /** Rejects when no answer comes in time, or the connection breaks. */
  send({ method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.origin;
      const length = body === null ? {} : { 'content-length': String(body.length) };
      const options = {
        agent: this.agent,
        hostname,
        port,
        method,
        path,
        headers: { ...headers, ...length },
      };
      const request = httpRequest(options, (response) => {
        let text = '';
        const settle = (): void => {
          clearTimeout(deadline);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        };
        const isStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
        if (isStream) setTimeout(() => response.destroy(), STREAM_MS).unref();
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < TEXT_BYTES) text += chunk;
        });
        response.once('end', settle).once('close', settle);
        response.on('error', (error) => (isStream ? settle() : reject(error)));
      });
      const deadline = setTimeout(() => {
        request.destroy(new Error(`no answer within ${HANGS_AFTER_MS} ms`));
      }, HANGS_AFTER_MS);
      request.on('error', (error) => {
        clearTimeout(deadline);
        reject(error);
      });
      request.end(body ?? undefined);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
