import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import type { AdminModel } from '@zerorouter/contracts';
import { useState } from 'react';
import { priceOf } from './price-of.js';
import { PriceFields } from './price-fields.js';
import type { AddedModel } from './scenario.js';

/** Models that are not routed to yet, and imagined ones that answer like another. */
export function AddedModels(props: {
  added: readonly AddedModel[];
  models: readonly AdminModel[];
  onChange: (added: readonly AddedModel[]) => void;
}) {
  const { added, models, onChange } = props;
  const [name, setName] = useState('');
  const taken = new Set(added.map(({ model }) => model));
  const waiting = models.filter((model) => model.state !== 'active' && !taken.has(model.name));
  const free =
    name.trim() !== '' &&
    !taken.has(name.trim()) &&
    models.every((one) => one.name !== name.trim());
  return (
    <Stack gap="xs">
      {added.map((one, i) => (
        <Group key={one.model} align="flex-end" gap="xs">
          <Text size="sm" flex={1} miw={150} pb={6}>
            {one.model}
            {one.like !== null && ` (like ${one.like})`}
          </Text>
          {one.prices !== null && (
            <PriceFields
              of={one.model}
              price={one.prices}
              onChange={(prices) =>
                onChange(added.map((old, j) => (j === i ? { ...old, prices } : old)))
              }
            />
          )}
          <Button
            variant="default"
            aria-label={`Leave out ${one.model}`}
            onClick={() => onChange(added.filter((_, j) => j !== i))}
          >
            Undo
          </Button>
        </Group>
      ))}
      <Select
        label="With a model that is not routed to"
        placeholder={waiting.length === 0 ? 'All models are active' : 'Choose a model'}
        disabled={waiting.length === 0}
        searchable
        data={waiting.map((model) => ({
          value: model.name,
          label: `${model.name} (${model.state})`,
        }))}
        value={null}
        onChange={(model) =>
          model !== null && onChange([...added, { model, like: null, prices: null }])
        }
      />
      <Group align="flex-end" gap="xs">
        <TextInput
          label="With an imagined model"
          placeholder="Its name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          flex={1}
          miw={150}
        />
        <Select
          label="that answers like"
          placeholder={free ? 'Choose a model' : 'Name it first'}
          disabled={!free}
          searchable
          data={models.map((model) => model.name)}
          value={null}
          onChange={(like) => {
            const source = models.find((model) => model.name === like);
            if (source === undefined) return;
            onChange([...added, { model: name.trim(), like, prices: priceOf(source) }]);
            setName('');
          }}
          flex={1}
          miw={150}
        />
      </Group>
    </Stack>
  );
}
