import { startAnother } from './another-process.js';
import { connectClient, type Client } from './client.js';

/** One more gateway beside those of a stack, on its database and its queues. */
export interface SecondGateway {
  client: Client;
  /** Ends it as a signal from outside would, and waits for that. @returns its exit code */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** @param env of the stack, QUEUE_PREFIX included */
export async function startSecondGateway(
  databaseUrl: string,
  env: Record<string, string>,
): Promise<SecondGateway> {
  const { url, end } = await startAnother('gateway', { databaseUrl, env });
  return { client: connectClient(url), end };
}
