import type { Deployment, ProviderNetwork } from '@zerorouter/providers';
import type { WholeAnswer } from './attempt.js';

const WANTED = { stream_options: '{"include_usage":true}' };
const NOTHING: Readonly<Record<string, string>> = {};
const COMPLAINT = /stream_options|include_usage/;

/**
 * Asks streams for their usage where the client has not: without it nobody knows what a stream has cost,
 * thoughts above all. Servers that refuse the question are not asked it again.
 */
export class StreamUsage {
  constructor(private readonly dialects: ProviderNetwork['dialects'] | null) {}

  /** @param body of a chat request. @returns whether the question may be added to it */
  fits(body: Readonly<Record<string, unknown>>): boolean {
    return this.dialects !== null && body['stream'] === true && !('stream_options' in body);
  }

  /** Members to be added to the body for this deployment. */
  membersFor(deployment: Deployment): Readonly<Record<string, string>> {
    return this.asks(deployment) ? WANTED : NOTHING;
  }

  /** @returns whether it was our question that was refused: then the call is worth another try without. */
  takesBack(deployment: Deployment, { statusCode, body }: WholeAnswer): boolean {
    if (statusCode !== 400 && statusCode !== 422) return false;
    if (!this.asks(deployment) || !COMPLAINT.test(body.toString('utf8', 0, 65_536))) return false;
    const { dialects } = this;
    dialects!.remember(deployment, { ...dialects!.of(deployment), streamOptions: false });
    return true;
  }

  private asks(deployment: Deployment): boolean {
    return this.dialects?.of(deployment).streamOptions === true;
  }
}
