import { Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './panel.module.css';

/** A box with a heading of the second order: what a page is made of. */
export function Panel(props: {
  title?: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { title, about, actions, children } = props;
  return (
    <Paper component="section" p={{ base: 'sm', sm: 'md' }} className={classes.panel}>
      {(title !== undefined || actions !== undefined) && (
        <Group justify="space-between" align="flex-start" mb="sm" gap="xs">
          <div>
            <Title order={2} size="h4">
              {title}
            </Title>
            {about !== undefined && (
              <Text size="sm" c="dimmed">
                {about}
              </Text>
            )}
          </div>
          {actions}
        </Group>
      )}
      {children}
    </Paper>
  );
}
