import { Button, Group, Select, Stack, Text } from '@mantine/core';
import type { AdminModel } from '@zerorouter/contracts';
import { priceOf } from './price-of.js';
import { PriceFields } from './price-fields.js';
import type { Scenario } from './scenario.js';

/** Models at other prices. */
export function PricedModels(props: {
  prices: Scenario['prices'];
  models: readonly AdminModel[];
  onChange: (prices: Scenario['prices']) => void;
}) {
  const { prices, models, onChange } = props;
  const others = models.filter(({ name }) => prices[name] === undefined);
  return (
    <Stack gap="xs">
      {Object.entries(prices).map(([name, price]) => (
        <Group key={name} align="flex-end" gap="xs">
          <Text size="sm" flex={1} miw={150} pb={6}>
            {name}
          </Text>
          <PriceFields
            of={name}
            price={price}
            onChange={(next) => onChange({ ...prices, [name]: next })}
          />
          <Button
            variant="default"
            aria-label={`Leave the price of ${name}`}
            onClick={() =>
              onChange(
                Object.fromEntries(Object.entries(prices).filter(([other]) => other !== name)),
              )
            }
          >
            Undo
          </Button>
        </Group>
      ))}
      <Select
        label="At another price"
        placeholder="Choose a model to reprice"
        searchable
        data={others.map(({ name }) => name)}
        value={null}
        onChange={(name) => {
          const model = others.find((one) => one.name === name);
          if (model !== undefined) onChange({ ...prices, [model.name]: priceOf(model) });
        }}
      />
    </Stack>
  );
}
