import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state.js';
import { Loading } from './loading.js';

/**
 * A query's answer; before it comes, a skeleton; when it fails, why. An answer that could not be
 * renewed stays on screen below the failure.
 */
export function QueryView<Data>(props: {
  query: UseQueryResult<Data>;
  children: (data: Data) => ReactNode;
  loading?: ReactNode;
}) {
  const { query, children, loading = <Loading /> } = props;
  if (query.isPending) return loading;
  return (
    <>
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
    </>
  );
}
