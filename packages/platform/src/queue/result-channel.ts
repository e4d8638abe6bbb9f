/**
 * How the outcome of a job reaches the one who waits for it: straight from the worker, the moment it
 * is known, instead of by way of the queue's event stream. The waiter subscribes before it adds the
 * job, so no outcome can slip past; one that is lost with a connection ends in the waiter's timeout.
 */
export interface ResultInbox {
  /** Where workers send to; unique to this inbox. */
  readonly address: string;
  /** False while the connection is down, when outcomes would be lost. */
  readonly listening: boolean;
  close(): Promise<void>;
}

export interface ResultSender {
  /** @param message any text; senders split what is too long for one notification. */
  send(address: string, message: string): Promise<void>;
}

/** What a worker sends back. */
export type JobOutcome =
  | { jobId: string; ok: true; result: unknown }
  | { jobId: string; ok: false; code: string; message: string };
