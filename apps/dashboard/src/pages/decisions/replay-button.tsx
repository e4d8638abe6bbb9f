import { Button, Stack, Text } from '@mantine/core';
import { replaySchema } from '@zerorouter/contracts';
import type { ReplayView } from '@zerorouter/contracts';
import { useMutation } from '@tanstack/react-query';
import { get } from '../../api/client.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';

/** Has the decision computed anew from its record, and says whether it falls the same way. */
export function ReplayButton({ id }: { id: string }) {
  const replay = useMutation({
    mutationFn: () => get(`/admin/v1/decisions/${encodeURIComponent(id)}/replay`, replaySchema),
  });
  return (
    <Stack gap={4} align="flex-end" maw={360}>
      <Button
        variant="default"
        leftSection={<Icon name="refresh" />}
        loading={replay.isPending}
        onClick={() => replay.mutate()}
      >
        Compute it anew
      </Button>
      <Text size="sm" role="status">
        {replay.data === undefined ? '' : verdict(replay.data)}
      </Text>
      {replay.isError && <ErrorState error={replay.error} />}
    </Stack>
  );
}

function verdict({ same, to_the_bit, model, differences }: ReplayView): string {
  if (same)
    return `The same choice and the same candidates${to_the_bit ? ', to the last bit' : ''}.`;
  return `Not the same: it would fall on ${model ?? 'no model'}, and ${differences.length} candidates differ.`;
}
