import {
  Button,
  Fieldset,
  Group,
  Modal,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { policyWriteSchema } from '@zerorouter/contracts';
import type { PolicyView } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { ErrorState } from '../../components/error-state.js';
import {
  keptBeyondForm,
  NEW_POLICY,
  placePolicyErrors,
  readPolicyForm,
  toPolicyForm,
} from './policy-form.js';
import type { PolicyForm, PolicyFormErrors } from './policy-form.js';

/** A new policy, or a new version of one: tried first, when one likes, and then stored. */
export function EditPolicy(props: { edited: PolicyView | 'new' | null; onClose: () => void }) {
  const { edited, onClose } = props;
  return (
    <Modal
      opened={edited !== null}
      onClose={onClose}
      size="lg"
      title={edited === null || edited === 'new' ? 'New policy' : `Change ${edited.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {edited !== null && <EditForm policy={edited === 'new' ? null : edited} onClose={onClose} />}
    </Modal>
  );
}

function EditForm({ policy, onClose }: { policy: PolicyView | null; onClose: () => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState(policy === null ? NEW_POLICY : toPolicyForm(policy));
  const [errors, setErrors] = useState<PolicyFormErrors>({});
  const write = useMutation({
    mutationFn: async ({ dryRun }: { dryRun: boolean }) => {
      const read = readPolicyForm(form, policy === null ? {} : keptBeyondForm(policy));
      setErrors(read.errors ?? {});
      if (read.request === null) return null;
      const path = `/admin/v1/policies/${encodeURIComponent(read.name)}`;
      return send('PUT', path, read.request, policyWriteSchema, { query: { dry_run: dryRun } });
    },
    onSuccess: async (written) => {
      if (written === null || written.dry_run) return;
      await Promise.all(
        ['policies', 'names'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      );
      onClose();
    },
    onError: (error) => setErrors(placePolicyErrors(toApiError(error).errors)),
  });
  const field = (name: Exclude<keyof PolicyForm, 'period'>) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setForm((before) => ({ ...before, [name]: value }));
    },
  });
  const tried = write.data?.dry_run === true ? write.data : null;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ dryRun: false });
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="Requests say it in `policy`, or call the model zerorouter/NAME"
          required
          disabled={policy !== null}
          {...field('name')}
        />
        <Fieldset legend="Weights">
          <SimpleGrid cols={{ base: 1, xs: 3 }}>
            <TextInput label="Accuracy" inputMode="decimal" {...field('accuracy')} />
            <TextInput label="Cost" inputMode="decimal" {...field('cost')} />
            <TextInput label="Latency" inputMode="decimal" {...field('latency')} />
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend="Never">
          <SimpleGrid cols={{ base: 1, xs: 3 }}>
            <TextInput label="USD a call, more than" inputMode="decimal" {...field('maxCostUsd')} />
            <TextInput label="Seconds, more than" inputMode="decimal" {...field('maxLatency')} />
            <TextInput
              label="Accuracy %, less than"
              inputMode="decimal"
              {...field('minAccuracy')}
            />
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend="Budget">
          <SimpleGrid cols={{ base: 1, xs: 3 }}>
            <TextInput label="USD" placeholder="none" inputMode="decimal" {...field('budgetUsd')} />
            <Select
              label="Each"
              data={['hour', 'day', 'month']}
              value={form.period}
              onChange={(period) => period !== null && setForm({ ...form, period: period })}
              allowDeselect={false}
            />
            <TextInput
              label="Queries expected"
              placeholder="as many as before"
              inputMode="numeric"
              {...field('expectedQueries')}
            />
          </SimpleGrid>
        </Fieldset>
        {tried !== null && (
          <Text role="status">
            {tried.changed
              ? `It could be stored, and would be version ${tried.version}.`
              : `It says what version ${tried.version} says: nothing would change.`}
          </Text>
        )}
        {write.isError && <ErrorState error={write.error} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            loading={write.isPending}
            onClick={() => write.mutate({ dryRun: true })}
          >
            Try it
          </Button>
          <Button type="submit" loading={write.isPending}>
            Store it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
