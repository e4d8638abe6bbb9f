import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** The one `h1` of a page, what the page is for, and what can be done on it. */
export function PageHeader(props: { title: string; about?: ReactNode; actions?: ReactNode }) {
  const { title, about, actions } = props;
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      {/* Names of models are long words: they break before they stick out. */}
      <Stack gap={2} maw={820} miw={0} style={{ overflowWrap: 'anywhere' }}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {about !== undefined && <Text c="dimmed">{about}</Text>}
      </Stack>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
