import {
  Button,
  Fieldset,
  Group,
  Modal,
  PasswordInput,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core';
import { adminModelSchema } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { ErrorState } from '../../components/error-state.js';
import { KnownFields } from './known-fields.js';
import { EMPTY_MODEL, placeModelErrors, readModelForm } from './model-form.js';
import type { KnownForm, ModelForm, ModelFormErrors } from './model-form.js';

/** The form of a new model; once it is there, its page says how to measure it. */
export function AddModel({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add a model"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <AddModelForm onClose={onClose} />
    </Modal>
  );
}

function AddModelForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState<ModelForm>(EMPTY_MODEL);
  const [errors, setErrors] = useState<ModelFormErrors>({});
  const add = useMutation({
    mutationFn: (request: object) => send('POST', '/admin/v1/models', request, adminModelSchema),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['models'] });
      onClose();
      await navigate({ to: '/models/$id', params: { id } });
    },
    onError: (error) => setErrors(placeModelErrors(toApiError(error).errors)),
  });
  const field = (name: Exclude<keyof ModelForm, keyof KnownForm>) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setForm((before) => ({ ...before, [name]: value }));
    },
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readModelForm(form);
        setErrors(read.errors ?? {});
        if (read.request !== null) add.mutate(read.request);
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="As requests will call it"
          placeholder="acme/large-1"
          required
          data-autofocus
          {...field('name')}
        />
        <Fieldset legend="Where it is served">
          <Stack gap="sm">
            <TextInput
              label="Base URL"
              description="Anything that speaks the OpenAI API; leave it empty to add answers collected elsewhere"
              placeholder="https://api.example.com/v1"
              inputMode="url"
              {...field('baseUrl')}
            />
            <PasswordInput
              label="API key"
              description="Sealed before it is stored, and never shown again"
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the API key' }}
              {...field('apiKey')}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput
                label="Its name there"
                placeholder="as above"
                {...field('upstreamModel')}
              />
              <TextInput
                label="Header of the key"
                placeholder="Authorization: Bearer"
                {...field('authHeader')}
              />
            </SimpleGrid>
          </Stack>
        </Fieldset>
        <KnownFields
          form={form}
          errors={errors}
          onChange={(changes) => setForm((before) => ({ ...before, ...changes }))}
        />
        {add.isError && <ErrorState error={add.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add the model
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
