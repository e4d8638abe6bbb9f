import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { adminModelSchema } from '@zerorouter/contracts';
import type { AdminModel, ModelPatch } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { ErrorState } from '../../components/error-state.js';
import { KnownFields } from './known-fields.js';
import { formOfModel, placeModelErrors, readModelChange } from './model-form.js';
import type { ModelFormErrors } from './model-form.js';

interface Props {
  model: AdminModel;
  /** Of the model as it is shown: a change fails where somebody has changed it since. */
  etag: string | null;
  path: string;
}

/** Changes prices and whatever else people know of a model, and need not measure. */
export function EditModel(props: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        Change prices and facts
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="lg"
        title={`Change ${props.model.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <EditModelForm {...props} onClose={close} />
      </Modal>
    </>
  );
}

function EditModelForm({ model, etag, path, onClose }: Props & { onClose: () => void }) {
  const client = useQueryClient();
  // Of when it was opened: what is sent is what its reader has changed, of the model that was seen.
  const [opened] = useState(() => ({ form: formOfModel(model), etag }));
  const [form, setForm] = useState(opened.form);
  const [errors, setErrors] = useState<ModelFormErrors>({});
  const change = useMutation({
    mutationFn: (patch: ModelPatch) =>
      send('PATCH', path, patch, adminModelSchema, { ifMatch: opened.etag }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['models'] });
      onClose();
    },
    onError: (error) => setErrors(placeModelErrors(toApiError(error).errors)),
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readModelChange(form, opened.form);
        setErrors(read.errors ?? {});
        if (read.request !== null) change.mutate(read.request);
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          New prices make a new version of its profiles, and hold from the next decision on. Where
          its cost was fitted to calls, forecasts keep to what was measured.
        </Text>
        <KnownFields
          form={form}
          errors={errors}
          onChange={(changes) => setForm((before) => ({ ...before, ...changes }))}
        />
        {change.isError && <ErrorState error={change.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Change the model
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
