import { Alert, Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { toApiError } from '../api/problem.js';
import { useKeyDialog } from '../keys/key-dialog-state.js';
import { Icon } from './icon.js';

/** What went wrong, where, and how to mend it; a failed call offers the key or another try. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { what, where, how, code, errors, needsKey } = toApiError(error);
  const { open } = useKeyDialog();
  return (
    <Alert
      color={needsKey ? 'indigo' : 'red'}
      variant="outline"
      icon={<Icon name={needsKey ? 'key' : 'alert'} />}
      title={needsKey ? 'This needs an API key' : 'This did not work'}
    >
      <Stack gap="xs">
        <Text>{what}</Text>
        {errors.length > 0 && (
          <List size="sm">
            {errors.map(({ path, message }) => (
              <List.Item key={`${path} ${message}`}>
                {path !== '' && <Code>{path}</Code>} {message}
              </List.Item>
            ))}
          </List>
        )}
        <Text size="sm">{how}</Text>
        <Text size="sm" c="dimmed">
          {where} · {code}
        </Text>
        <Group gap="xs">
          {needsKey && (
            <Button size="xs" onClick={open}>
              Enter a key
            </Button>
          )}
          {onRetry !== undefined && (
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
