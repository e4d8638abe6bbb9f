import { Button, Group, MultiSelect, Select, Stack } from '@mantine/core';
import type { AdminModel } from '@zerorouter/contracts';
import { AddedModels } from './added-models.js';
import { PolicyChoice } from './policy-choice.js';
import { PricedModels } from './priced-models.js';
import { isToday, TODAY } from './scenario.js';
import type { Scenario } from './scenario.js';

const LIMITS = [100, 500, 2_000];

export function ScenarioForm(props: {
  scenario: Scenario;
  models: readonly AdminModel[];
  onChange: (scenario: Scenario) => void;
}) {
  const { scenario, models, onChange } = props;
  const active = models.filter(({ state }) => state === 'active').map(({ name }) => name);
  return (
    <Stack>
      <Select
        label="Tried on"
        data={LIMITS.map((limit) => ({
          value: String(limit),
          label: `the ${limit.toLocaleString('en-US')} newest decisions`,
        }))}
        value={String(scenario.limit)}
        onChange={(limit) => onChange({ ...scenario, limit: Number(limit ?? TODAY.limit) })}
        allowDeselect={false}
      />
      <PolicyChoice
        policy={scenario.policy}
        onChange={(policy) => onChange({ ...scenario, policy })}
      />
      <MultiSelect
        label="Without these models"
        placeholder={scenario.removed.length === 0 ? 'None is removed' : ''}
        data={active}
        value={[...scenario.removed]}
        onChange={(removed) => onChange({ ...scenario, removed })}
        searchable
        clearable
      />
      <AddedModels
        added={scenario.added}
        models={models}
        onChange={(added) => onChange({ ...scenario, added })}
      />
      <PricedModels
        prices={scenario.prices}
        models={models.filter(({ name }) => active.includes(name))}
        onChange={(prices) => onChange({ ...scenario, prices })}
      />
      <Group justify="flex-end">
        <Button
          variant="default"
          disabled={isToday(scenario)}
          onClick={() => onChange({ ...TODAY, limit: scenario.limit })}
        >
          Undo all changes
        </Button>
      </Group>
    </Stack>
  );
}
