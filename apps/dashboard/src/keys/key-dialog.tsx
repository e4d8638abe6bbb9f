import { Button, Group, Modal, PasswordInput, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { enterKey, forgetKey, isRemembered, useKey } from './credentials.js';
import { useKeyDialog } from './key-dialog-state.js';

export function KeyDialog() {
  const { opened, close } = useKeyDialog();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="API key"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <KeyForm onDone={close} />
    </Modal>
  );
}

function KeyForm({ onDone }: { onDone: () => void }) {
  const current = useKey();
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(isRemembered());
  const trimmed = key.trim();
  const error =
    trimmed !== '' && !/^zr_[\x21-\x7e]+$/.test(trimmed) ? 'A key begins with zr_' : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed === '' || error !== undefined) return;
        enterKey(trimmed, remember);
        onDone();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          Everything on these pages is the API, called with this key: it can do here what it can do
          there. The set-up prints the first one; more are made under Settings.
        </Text>
        <PasswordInput
          label="Key"
          placeholder="zr_…"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={error}
          autoComplete="off"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key' }}
        />
        <Switch
          label="Remember it in this browser"
          description="Otherwise it is forgotten when this tab is closed."
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
        <Group justify="space-between">
          {current === null ? (
            <span />
          ) : (
            <Button
              variant="default"
              onClick={() => {
                forgetKey();
                onDone();
              }}
            >
              Forget the key
            </Button>
          )}
          <Button type="submit" disabled={trimmed === '' || error !== undefined}>
            Use this key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
