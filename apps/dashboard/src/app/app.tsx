import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useKey } from '../keys/credentials.js';
import { queryClient } from './query-client.js';
import { router } from './routes.js';
import { NONCE } from './strict-csp.js';
import { theme } from './theme.js';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => NONCE}>
      <QueryClientProvider client={queryClient}>
        <ForgetWhatAnotherKeySaw />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Answers that one key was given are not shown to the next. */
function ForgetWhatAnotherKeySaw() {
  const key = useKey();
  useEffect(() => () => void queryClient.resetQueries(), [key]);
  return null;
}
