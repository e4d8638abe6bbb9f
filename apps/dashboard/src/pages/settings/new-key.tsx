import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Fieldset,
  Group,
  Modal,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { newApiKeySchema } from '@zerorouter/contracts';
import type { NewApiKeyView } from '@zerorouter/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { namesQuery } from '../../api/queries.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
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
  const names = useQuery(namesQuery);
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
  const field = (name: TextField) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      set({ [name]: event.currentTarget.value }),
  });
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
        <TextInput
          label="Name"
          description="Whose it is, or what for"
          required
          data-autofocus
          {...field('name')}
        />
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
        <Fieldset legend="Limits: what is left empty is not limited">
          <Stack gap="sm">
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput
                label="Requests a minute"
                inputMode="numeric"
                {...field('requestsPerMinute')}
              />
              <TextInput
                label="Tokens a minute"
                inputMode="numeric"
                {...field('tokensPerMinute')}
              />
              <TextInput label="Budget, USD" inputMode="decimal" {...field('budgetUsd')} />
              <Select
                label="Each"
                data={['hour', 'day', 'month']}
                value={form.period}
                onChange={(period) => period !== null && set({ period: period })}
                allowDeselect={false}
              />
              <Select
                label="Once it is spent"
                data={names.data?.policies ?? []}
                placeholder="refuse"
                description="Or go on by another policy"
                value={form.downgradeTo === '' ? null : form.downgradeTo}
                onChange={(policy) => set({ downgradeTo: policy ?? '' })}
                clearable
              />
              <TextInput
                type="datetime-local"
                label="Expires"
                description="In your time zone"
                {...field('expires')}
              />
            </SimpleGrid>
            <TagsInput
              label="Only these policies"
              data={names.data?.policies ?? []}
              value={form.policies}
              error={errors.policies}
              onChange={(policies) => set({ policies })}
            />
            <TagsInput
              label="Only these models"
              description="Names, or patterns such as openai/*"
              data={names.data?.models ?? []}
              value={form.models}
              error={errors.models}
              onChange={(models) => set({ models })}
            />
          </Stack>
        </Fieldset>
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

type TextField = 'name' | 'requestsPerMinute' | 'tokensPerMinute' | 'budgetUsd' | 'expires';
