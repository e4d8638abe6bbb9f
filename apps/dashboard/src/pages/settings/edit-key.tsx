import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { apiKeySchema } from '@zerorouter/contracts';
import type { ApiKeyChange, ApiKeyView } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { ErrorState } from '../../components/error-state.js';
import { KeyFields } from './key-fields.js';
import { formOfKey, placeKeyErrors, readKeyChange } from './key-form.js';
import type { KeyFormErrors } from './key-form.js';

/** The name and the limits of a key; what it may do stays as it was made. Null = closed. */
export function EditKey({ edited, onClose }: { edited: ApiKeyView | null; onClose: () => void }) {
  return (
    <Modal
      opened={edited !== null}
      onClose={onClose}
      title={`Change ${edited?.name ?? ''}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {edited !== null && <EditKeyForm key={edited.id} edited={edited} onClose={onClose} />}
    </Modal>
  );
}

function EditKeyForm({ edited, onClose }: { edited: ApiKeyView; onClose: () => void }) {
  const client = useQueryClient();
  // Of when it was opened: what is sent is what its reader has changed.
  const [before] = useState(() => formOfKey(edited));
  const [form, setForm] = useState(before);
  const [errors, setErrors] = useState<KeyFormErrors>({});
  const change = useMutation({
    mutationFn: (request: ApiKeyChange) =>
      send('PATCH', `/admin/v1/keys/${encodeURIComponent(edited.id)}`, request, apiKeySchema),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['keys'] });
      onClose();
    },
    onError: (error) => setErrors(placeKeyErrors(toApiError(error).errors)),
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readKeyChange(form, before);
        setErrors(read.errors ?? {});
        if (read.request !== null) change.mutate(read.request);
      }}
    >
      <Stack>
        <KeyFields
          form={form}
          errors={errors}
          onChange={(changes) => setForm((now) => ({ ...now, ...changes }))}
        >
          <Text size="sm" c="dimmed">
            It may do what it was made for: {edited.scopes.join(', ')}. Limits hold from the next
            call on.
          </Text>
        </KeyFields>
        {change.isError && <ErrorState error={change.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Change the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
