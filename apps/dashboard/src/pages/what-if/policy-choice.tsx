import {
  Input,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Slider,
  Stack,
  Text,
} from '@mantine/core';
import type { PolicySelector } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { namesQuery } from '../../api/queries.js';

const MODES = [
  { value: 'own', label: 'Own' },
  { value: 'named', label: 'Policy' },
  { value: 'dial', label: 'Dial' },
  { value: 'weights', label: 'Weights' },
] as const;
type Mode = (typeof MODES)[number]['value'];

/** Where each way begins. */
const FIRST: Record<Mode, PolicySelector | null> = {
  own: null,
  named: 'balanced',
  dial: { dial: 0.5 },
  weights: { weights: { accuracy: 1, cost: 0.05, latency: 0.02 } },
};

/** How objectives are weighed: as each decision had it, by a policy's name, a dial, or weights. */
export function PolicyChoice(props: {
  policy: PolicySelector | null;
  onChange: (policy: PolicySelector | null) => void;
}) {
  const { policy, onChange } = props;
  const names = useQuery(namesQuery);
  const mode = modeOf(policy);
  return (
    <Stack gap="xs">
      <Input.Label component="div" id="what-if-policy">
        Weighed by
      </Input.Label>
      <SegmentedControl
        aria-labelledby="what-if-policy"
        data={[...MODES]}
        value={mode}
        onChange={(next) => onChange(FIRST[next])}
        fullWidth
      />
      {typeof policy === 'string' && (
        <Select
          label="Policy"
          data={names.data?.policies ?? [policy]}
          value={policy}
          onChange={(name) => name !== null && onChange(name)}
          allowDeselect={false}
        />
      )}
      {policy !== null && typeof policy === 'object' && 'dial' in policy && (
        <div>
          <Text size="sm" id="what-if-dial">
            {policy.dial}: 0 is cheapest, 1 most accurate
          </Text>
          <Slider
            min={0}
            max={1}
            step={0.05}
            label={null}
            value={policy.dial}
            onChange={(dial) => onChange({ dial })}
            thumbProps={{ 'aria-labelledby': 'what-if-dial' }}
          />
        </div>
      )}
      {policy !== null && typeof policy === 'object' && 'weights' in policy && (
        <SimpleGrid cols={3}>
          {(['accuracy', 'cost', 'latency'] as const).map((name) => (
            <NumberInput
              key={name}
              label={name.charAt(0).toUpperCase() + name.slice(1)}
              min={0}
              step={0.01}
              value={policy.weights[name]}
              onChange={(value) =>
                typeof value === 'number' &&
                onChange({ weights: { ...policy.weights, [name]: value } })
              }
            />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}

function modeOf(policy: PolicySelector | null): Mode {
  if (policy === null) return 'own';
  if (typeof policy === 'string') return 'named';
  return 'dial' in policy ? 'dial' : 'weights';
}
