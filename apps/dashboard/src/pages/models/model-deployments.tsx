import { Button, Group, PasswordInput, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { adminModelSchema, modelPatchSchema } from '@zerorouter/contracts';
import type { AdminModel, ModelPatch } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { ConfirmButton } from '../../components/confirm-button.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';

interface Props {
  model: AdminModel;
  etag: string | null;
  path: string;
}

const NONE = { base_url: '', api_key: '', upstream_model: '' };

/** The deployments of a model: the list is replaced as a whole, and those that stay keep their keys. */
export function ModelDeployments({ model, etag, path }: Props) {
  const client = useQueryClient();
  const [added, setAdded] = useState(NONE);
  const change = useMutation({
    mutationFn: (patch: ModelPatch) =>
      send('PATCH', path, modelPatchSchema.parse(patch), adminModelSchema, { ifMatch: etag }),
    onSuccess: async () => {
      setAdded(NONE);
      await client.invalidateQueries({ queryKey: ['models'] });
    },
  });
  const kept = model.deployments.map(({ base_url, upstream_model, auth_header }) => ({
    base_url,
    upstream_model,
    ...(auth_header === null ? {} : { auth_header }),
  }));
  return (
    <Stack>
      {kept.length === 0 ? (
        <EmptyState title="No deployment">
          It is routed to by /v1/route, and nothing can call it. Add one below.
        </EmptyState>
      ) : (
        <DataTable
          label="Deployments"
          rows={model.deployments}
          rowKey={({ id }) => id}
          columns={[
            { key: 'url', header: 'Base URL', cell: ({ base_url }) => base_url, width: 280 },
            { key: 'name', header: 'Its name there', cell: ({ upstream_model }) => upstream_model },
            {
              key: 'key',
              header: 'Key',
              cell: ({ api_key_hint: hint }) => (hint === null ? 'none' : `…${hint}`),
              width: 90,
            },
            {
              key: 'remove',
              header: '',
              width: 110,
              cell: ({ base_url, upstream_model }) => (
                <ConfirmButton
                  label="Remove"
                  size="compact-sm"
                  danger
                  action={() =>
                    change.mutateAsync({
                      deployments: kept.filter(
                        (one) => one.base_url !== base_url || one.upstream_model !== upstream_model,
                      ),
                    })
                  }
                >
                  {base_url} is not called any more, and its key is forgotten.
                </ConfirmButton>
              ),
            },
          ]}
        />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { base_url, api_key, upstream_model } = added;
          change.mutate({
            deployments: [
              ...kept,
              {
                base_url: base_url.trim(),
                ...(api_key === '' ? {} : { api_key }),
                ...(upstream_model.trim() === '' ? {} : { upstream_model: upstream_model.trim() }),
              },
            ],
          });
        }}
      >
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextInput
            label="Base URL"
            placeholder="https://api.example.com/v1"
            required
            value={added.base_url}
            onChange={(event) => setAdded({ ...added, base_url: event.currentTarget.value })}
          />
          <PasswordInput
            label="API key"
            autoComplete="off"
            value={added.api_key}
            onChange={(event) => setAdded({ ...added, api_key: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the API key' }}
          />
          <TextInput
            label="Its name there"
            placeholder={model.name}
            value={added.upstream_model}
            onChange={(event) => setAdded({ ...added, upstream_model: event.currentTarget.value })}
          />
        </SimpleGrid>
        {change.isError && <ErrorState error={change.error} />}
        <Group justify="flex-end" mt="sm">
          <Button type="submit" variant="default" loading={change.isPending}>
            Add the deployment
          </Button>
        </Group>
      </form>
    </Stack>
  );
}
