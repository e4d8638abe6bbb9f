import { Chip, Group, Slider, Stack, Text } from '@mantine/core';
import { formatNumber } from '../../format/format.js';
import { fromPosition, OBJECTIVES, presetOf, PRESETS, toPosition } from './policy-weights.js';
import type { Objective, Weights } from './policy-weights.js';

const MEANING: Readonly<Record<Objective, string>> = {
  accuracy: 'per unit of P(correct)',
  cost: 'per typical price of a call',
  latency: 'per typical duration of a call',
};

/** Three weights, and the presets that are points among them. */
export function PolicyDial(props: { weights: Weights; onChange: (weights: Weights) => void }) {
  const { weights, onChange } = props;
  const preset = presetOf(weights);
  return (
    <Stack gap="md">
      <Chip.Group
        value={preset ?? ''}
        onChange={(name) => {
          const chosen = PRESETS[name];
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        <Group gap={6} role="radiogroup" aria-label="Preset">
          {Object.keys(PRESETS).map((name) => (
            <Chip key={name} value={name} size="xs" radius="md" variant="outline">
              {name.replace('-', ' ')}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {OBJECTIVES.map((objective) => (
        <div key={objective}>
          <Group justify="space-between" gap="xs">
            <Text size="sm" fw={600} tt="capitalize" id={`weight-${objective}`}>
              {objective}
            </Text>
            <Text size="sm" c="dimmed" className="zr-numeric">
              {formatNumber(weights[objective])} {MEANING[objective]}
            </Text>
          </Group>
          <Slider
            value={toPosition(objective, weights[objective])}
            onChange={(position) =>
              onChange({ ...weights, [objective]: fromPosition(objective, position) })
            }
            min={0}
            max={100}
            step={1}
            label={null}
            thumbProps={{
              'aria-labelledby': `weight-${objective}`,
              'aria-valuetext': formatNumber(weights[objective]),
            }}
          />
        </div>
      ))}
    </Stack>
  );
}
