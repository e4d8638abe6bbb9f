import { useQueryClient } from '@tanstack/react-query';
import type { QueryKey } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import { readEvents } from '../api/events.js';
import { toApiError } from '../api/problem.js';
import { follow } from './follow.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * Follows something that goes on for a while into the cache of queries, where its page reads it.
 * @param path of its server-sent events; null = it has ended, or is not there.
 * @returns why it is not followed any more; null while all is well.
 */
export function useFollowed(path: string | null, queryKey: QueryKey, schema: z.ZodType): unknown {
  const client = useQueryClient();
  const [failure, setFailure] = useState<unknown>(null);
  const target = useRef({ queryKey, schema });
  useEffect(() => {
    target.current = { queryKey, schema };
  });
  useEffect(() => {
    if (path === null) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const read = async () => {
      setFailure(null);
      const states = follow({
        open: () => readEvents(path, { signal }),
        parse: (value) => target.current.schema.parse(value),
        signal,
        wait: (attempt, reason) => waitUnlessRefused(attempt, reason, signal),
      });
      for await (const { view } of states) client.setQueryData(target.current.queryKey, view);
    };
    read().catch((error: unknown) => {
      if (!signal.aborted) setFailure(error);
    });
    return () => leaving.abort();
  }, [path, client]);
  return failure;
}

/** What the gateway refuses, it will refuse again. */
async function waitUnlessRefused(attempt: number, reason: unknown, signal: AbortSignal) {
  if (reason !== null) {
    const error = toApiError(reason);
    const { status, code } = error;
    if (code === 'page-error' || (status >= 400 && status < 500 && status !== 429)) throw error;
  }
  await new Promise<void>((resolve) => {
    const timer = setTimeout(
      resolve,
      Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)),
    );
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
