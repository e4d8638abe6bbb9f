import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  Modal,
  SimpleGrid,
  Stack,
} from '@mantine/core';
import { newApiKeySchema } from '@zerorouter/contracts';
import type { NewApiKeyView } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
import { KeyFields } from './key-fields.js';
import { EMPTY_KEY, placeKeyErrors, readKeyForm } from './key-form.js';
import type { KeyForm, KeyFormErrors } from './key-form.js';

const SCOPES = [
  { value: 'route', label: 'Route: decisions and batches' },
  { value: 'chat', label: 'Chat: calls of models' },
  { value: 'metrics', label: 'Metrics' },
  { value: 'admin', label: 'Admin: everything' },
];

export function NewKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<NewApiKeyView | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === null ? 'New key' : `The key “${made.name}”`}
      size="lg"
      closeOnClickOutside={made === null}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {made === null ? <NewKeyForm onMade={setMade} /> : <ShownOnce made={made} onDone={close} />}
    </Modal>
  );
}

function ShownOnce({ made, onDone }: { made: NewApiKeyView; onDone: () => void }) {
  return (
    <Stack>
      <Alert color="indigo" variant="outline" icon={<Icon name="key" />}>
        Copy it now: it is shown this once, and stored only as its hash.
      </Alert>
      <Code block aria-label="The key">
        {made.key}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={made.key}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={<Icon name={copied ? 'check' : 'copy'} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone}>I have it</Button>
      </Group>
    </Stack>
  );
}

function NewKeyForm({ onMade }: { onMade: (key: NewApiKeyView) => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState(EMPTY_KEY);
  const [errors, setErrors] = useState<KeyFormErrors>({});
  const make = useMutation({
    mutationFn: (request: object) => send('POST', '/admin/v1/keys', request, newApiKeySchema),
    onSuccess: async (made) => {
      onMade(made);
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
    onError: (error) => setErrors(placeKeyErrors(toApiError(error).errors)),
  });
  const set = (changes: Partial<KeyForm>) => setForm((before) => ({ ...before, ...changes }));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readKeyForm(form);
        setErrors(read.errors ?? {});
        if (read.request !== null) make.mutate(read.request);
      }}
    >
      <Stack>
        <KeyFields form={form} errors={errors} onChange={set}>
          <Checkbox.Group
            label="It may"
            value={form.scopes}
            error={errors.scopes}
            onChange={(scopes) => set({ scopes })}
          >
            <SimpleGrid cols={{ base: 1, xs: 2 }} mt={6} spacing="xs">
              {SCOPES.map((scope) => (
                <Checkbox key={scope.value} {...scope} />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
        </KeyFields>
        {make.isError && <ErrorState error={make.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
