import { Checkbox, Text } from '@mantine/core';
import { adminModelSchema } from '@zerorouter/contracts';
import type { AdminModel } from '@zerorouter/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { send, sendOnly } from '../../api/client.js';
import { ConfirmButton } from '../../components/confirm-button.js';

interface Props {
  model: AdminModel;
  /** Of the model as it is shown: a step fails where somebody has changed it since. */
  etag: string | null;
  path: string;
}

/** Where a model can be taken from its state. */
export function ModelSteps({ model, etag, path }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [force, setForce] = useState(false);
  const { state, name } = model;
  const refresh = () => client.invalidateQueries({ queryKey: ['models'] });
  const step = (what: string, body: object) => async () => {
    await send('POST', `${path}/${what}`, body, adminModelSchema, { ifMatch: etag });
    await refresh();
  };
  const overrule = (why: string) => (
    <Checkbox
      mt="sm"
      label={why}
      checked={force}
      onChange={(event) => setForce(event.currentTarget.checked)}
    />
  );
  const unmeasured = state === 'draft' || state === 'profiling';
  return (
    <>
      {(unmeasured || state === 'shadow') && (
        <ConfirmButton label="Promote" action={step('promote', { state: 'active', force })}>
          <Text>{name} becomes active: it is chosen wherever it is the best choice.</Text>
          {unmeasured &&
            overrule('Although it was never measured: route by what its metadata tell')}
          {model.state_reason !== null && overrule('In spite of what holds it in shadow')}
        </ConfirmButton>
      )}
      {(unmeasured || state === 'retired') && (
        <ConfirmButton label="To shadow" action={step('promote', { state: 'shadow', force })}>
          <Text>{name} is scored and recorded with every decision, and not chosen.</Text>
          {unmeasured &&
            overrule('Although it was never measured: score it by what its metadata tell')}
        </ConfirmButton>
      )}
      {(state === 'active' || state === 'shadow') && (
        <ConfirmButton label="Retire" action={step('retire', {})}>
          <Text>{name} is taken out of traffic at once. A promotion brings it back.</Text>
        </ConfirmButton>
      )}
      {!unmeasured && (
        <ConfirmButton label="Roll back" action={step('rollback', {})}>
          <Text>
            The profile of the version before holds again, as a new version; repeated, it goes
            further back. An active model that never had another profile goes to shadow.
          </Text>
        </ConfirmButton>
      )}
      <ConfirmButton
        label="Delete"
        danger
        action={async () => {
          await sendOnly('DELETE', path, { ifMatch: etag });
          await navigate({ to: '/models' });
          await refresh();
        }}
      >
        <Text>
          {name} goes with its deployments, profiles and onboardings. Its decisions stay. This
          cannot be undone.
        </Text>
      </ConfirmButton>
    </>
  );
}
