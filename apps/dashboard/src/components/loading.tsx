import { Skeleton, Stack } from '@mantine/core';

/** Stands where something will be, in about its size. */
export function Loading({ lines = 4, height = 22 }: { lines?: number; height?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={height} width={line === lines - 1 ? '60%' : '100%'} />
      ))}
    </Stack>
  );
}
