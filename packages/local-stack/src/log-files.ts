import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const logLineSchema = z.object({
  msg: z.string(),
  err: z.object({ message: z.string() }).optional(),
});

/** A log that has grown beyond this is set aside as `<name>.1`, in place of the one before. */
const LIMIT_BYTES = 32 * 1024 * 1024;

/** Opens a log for appending, readable by its owner alone; the caller closes the descriptor. */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a', 0o600);
}

/** Runs `use` with the log open, and closes it: a child keeps a descriptor of its own. */
export function withLog<Result>(path: string, use: (descriptor: number) => Result): Result {
  const descriptor = openLog(path);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies an overlong log aside and empties it. Its writer appends, so that it goes on at the new
 * end; what it writes between the copy and the cut is lost.
 */
export function limitLog(path: string): void {
  if (existsSync(path) && statSync(path).size > LIMIT_BYTES) {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  }
}

/** The last lines of a log as one line of text, for an error message; of JSON lines the message. */
export function lastLines(path: string, count: number): string {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return lines.slice(-count).map(messageOf).join(' | ') || '(no output)';
}

function messageOf(line: string): string {
  try {
    const { msg, err } = logLineSchema.parse(JSON.parse(line));
    return err === undefined || msg.includes(err.message) ? msg : `${msg}: ${err.message}`;
  } catch {
    return line.trim();
  }
}
