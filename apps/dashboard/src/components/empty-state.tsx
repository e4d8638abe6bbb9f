import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

/** Says that there is nothing yet, and (as children) how there comes to be something. */
export function EmptyState(props: { title: string; icon?: IconName; children?: ReactNode }) {
  const { title, icon = 'inbox', children } = props;
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Icon name={icon} size={36} />
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text component="div" c="dimmed" maw={560}>
          {children}
        </Text>
      )}
    </Stack>
  );
}
