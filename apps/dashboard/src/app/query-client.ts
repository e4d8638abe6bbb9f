import { QueryClient } from '@tanstack/react-query';
import { toApiError } from '../api/problem.js';

const RETRIES = 2;

/** Fresh for a few seconds; tries again only what may go better by itself. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => {
        const { status, code } = toApiError(error);
        return count < RETRIES && code !== 'page-error' && (status === 0 || status === 503);
      },
    },
  },
});
