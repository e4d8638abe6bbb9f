import {
  Button,
  Fieldset,
  Group,
  Input,
  Select,
  SimpleGrid,
  Slider,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { namesQuery } from '../../api/queries.js';
import { ErrorState } from '../../components/error-state.js';
import type { BatchForm, BatchFormErrors } from './batch-form.js';

/** How the batch is weighed, and what must hold over the whole of it. */
export function BatchFormFields(props: {
  form: BatchForm;
  errors: BatchFormErrors;
  onChange: (form: BatchForm) => void;
}) {
  const { form, errors, onChange } = props;
  const names = useQuery(namesQuery);
  const text = (name: 'budgetUsd' | 'minAccuracy' | 'maxLatency') => ({
    value: form[name],
    error: errors[name],
    inputMode: 'decimal' as const,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <>
      {names.isError && <ErrorState error={names.error} />}
      <Select
        label="Policy"
        placeholder="by the dial below"
        data={names.data?.policies ?? []}
        value={form.policy === '' ? null : form.policy}
        onChange={(policy) => onChange({ ...form, policy: policy ?? '' })}
        clearable
      />
      {form.policy === '' && (
        <div>
          <Input.Label component="div" id="batch-dial">
            Dial: {form.dial}
          </Input.Label>
          <Slider
            min={0}
            max={1}
            step={0.05}
            value={form.dial}
            onChange={(dial) => onChange({ ...form, dial })}
            thumbProps={{ 'aria-labelledby': 'batch-dial' }}
            label={null}
          />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              cheapest
            </Text>
            <Text size="xs" c="dimmed">
              most accurate
            </Text>
          </Group>
        </div>
      )}
      <Fieldset legend="Over the whole batch">
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput label="Budget, USD" placeholder="no bound" {...text('budgetUsd')} />
            <TextInput
              label="Accuracy, %, at least"
              placeholder="no bound"
              {...text('minAccuracy')}
            />
            <TextInput label="Seconds, at most" placeholder="no bound" {...text('maxLatency')} />
          </SimpleGrid>
          <Input.Label component="div">Calls of a model at most</Input.Label>
          {form.capacity.map((row, i) => (
            <CapacityRow
              key={i}
              models={names.data?.models ?? []}
              row={row}
              onChange={(next) =>
                onChange({
                  ...form,
                  capacity: form.capacity.map((old, j) => (j === i ? next : old)),
                })
              }
              onRemove={() =>
                onChange({ ...form, capacity: form.capacity.filter((_, j) => j !== i) })
              }
            />
          ))}
          {errors.capacity !== undefined && (
            <Text size="sm" c="var(--zr-bad)" role="alert">
              {errors.capacity}
            </Text>
          )}
          <Group>
            <Button
              variant="default"
              size="xs"
              onClick={() =>
                onChange({ ...form, capacity: [...form.capacity, { model: '', most: '' }] })
              }
            >
              Bound a model
            </Button>
          </Group>
        </Stack>
      </Fieldset>
    </>
  );
}

function CapacityRow(props: {
  models: readonly string[];
  row: BatchForm['capacity'][number];
  onChange: (row: BatchForm['capacity'][number]) => void;
  onRemove: () => void;
}) {
  const { models, row, onChange, onRemove } = props;
  return (
    <Group align="flex-end" gap="xs">
      <Select
        aria-label="Model"
        placeholder="Model"
        searchable
        data={[...models]}
        value={row.model === '' ? null : row.model}
        onChange={(model) => onChange({ ...row, model: model ?? '' })}
        flex={1}
        miw={150}
      />
      <TextInput
        aria-label="Calls at most"
        placeholder="Calls"
        inputMode="numeric"
        value={row.most}
        onChange={(event) => onChange({ ...row, most: event.currentTarget.value })}
        w={90}
      />
      <Button variant="default" onClick={onRemove} aria-label={`Remove the bound of ${row.model}`}>
        Remove
      </Button>
    </Group>
  );
}
