import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../components/error-state.js';

/** A page that cannot be drawn, or whose code is gone because the gateway was updated. */
export function PageCrash({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} />;
}
