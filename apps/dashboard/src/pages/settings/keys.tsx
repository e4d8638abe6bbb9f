import { Button, Group } from '@mantine/core';
import type { ApiKeyView } from '@zerorouter/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sendOnly } from '../../api/client.js';
import { keysQuery } from '../../api/queries.js';
import { ConfirmButton } from '../../components/confirm-button.js';
import { DataTable } from '../../components/data-table.js';
import { Icon } from '../../components/icon.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { StateBadge } from '../../components/state-badge.js';
import { EditKey } from './edit-key.js';
import { limitsOfKey } from './key-limits.js';
import { NewKey } from './new-key.js';

export function Keys() {
  const client = useQueryClient();
  const query = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const [edited, setEdited] = useState<ApiKeyView | null>(null);
  const revoke = async ({ id }: ApiKeyView) => {
    await sendOnly('DELETE', `/admin/v1/keys/${encodeURIComponent(id)}`);
    await client.invalidateQueries({ queryKey: ['keys'] });
  };
  return (
    <Panel
      title="Keys"
      about="Who may call the API, for what, and how much of it. A key itself is shown once."
      actions={
        <Button size="xs" leftSection={<Icon name="plus" />} onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      <NewKey opened={making} onClose={() => setMaking(false)} />
      <EditKey edited={edited} onClose={() => setEdited(null)} />
      <QueryView query={query}>
        {({ data }) => (
          <DataTable
            label="Keys"
            rows={data}
            rowKey={({ id }) => id}
            columns={[
              { key: 'name', header: 'Name', cell: ({ name }) => name, width: 140 },
              {
                key: 'prefix',
                header: 'Begins',
                cell: ({ prefix }) => <code>{prefix}…</code>,
                width: 130,
              },
              { key: 'scopes', header: 'May', cell: ({ scopes }) => scopes.join(', '), width: 130 },
              {
                key: 'state',
                header: 'State',
                cell: (key) => <StateBadge state={stateOf(key, new Date())} />,
                width: 110,
              },
              {
                key: 'limits',
                header: 'Limits',
                width: 330,
                cell: (key) => {
                  const said = limitsOfKey(key).join(', ');
                  return <span title={said}>{said === '' ? 'none' : said}</span>;
                },
              },
              {
                key: 'actions',
                header: 'Actions',
                width: 190,
                cell: (key) =>
                  key.revoked_at === null && (
                    <Group gap="xs" wrap="nowrap">
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={`Change ${key.name}`}
                        onClick={() => setEdited(key)}
                      >
                        Change
                      </Button>
                      <ConfirmButton
                        label="Revoke"
                        size="compact-sm"
                        danger
                        action={() => revoke(key)}
                      >
                        Calls with “{key.name}” are refused from now on. This cannot be undone.
                      </ConfirmButton>
                    </Group>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
    </Panel>
  );
}

function stateOf({ revoked_at, expires_at }: ApiKeyView, now: Date): string {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && new Date(expires_at) <= now ? 'expired' : 'active';
}
