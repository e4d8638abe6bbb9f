import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { onboardingQuoteSchema, onboardingSchema } from '@zerorouter/contracts';
import type { AdminModel } from '@zerorouter/contracts';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { anchorSetsQuery } from '../../api/queries.js';
import { ErrorState } from '../../components/error-state.js';
import { QueryView } from '../../components/query-view.js';
import { OnboardingQuoteFacts } from './onboarding-quote.js';

const QUOTE_AFTER_MS = 400;

interface Limits {
  anchorSet: string | null;
  maxAnchors: number | string;
  maxCostUsd: number | string;
  /** Percent; empty = ask them all. */
  targetSd: number | string;
  concurrency: number | string;
  promote: boolean;
}

const FIRST: Limits = {
  anchorSet: null,
  maxAnchors: 50,
  maxCostUsd: 1,
  targetSd: '',
  concurrency: 4,
  promote: false,
};

/** What to ask at most; what that would cost and tell, as one chooses; and the start of it. */
export function OnboardModel({ model, path }: { model: AdminModel; path: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sets = useQuery(anchorSetsQuery);
  const [limits, setLimits] = useState(FIRST);
  const set =
    <Name extends keyof Limits>(name: Name) =>
    (value: Limits[Name]) =>
      setLimits((before) => ({ ...before, [name]: value }));
  const body = toBody(limits, model);
  const [quoted] = useDebouncedValue(JSON.stringify(body), QUOTE_AFTER_MS);
  const quote = useQuery({
    queryKey: ['models', model.id, 'quote', quoted],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      send('POST', `${path}/onboardings/quote`, JSON.parse(quoted), onboardingQuoteSchema, {
        signal,
      }),
  });
  const begin = useMutation({
    mutationFn: () => send('POST', `${path}/onboardings`, body, onboardingSchema),
    onSuccess: async (onboarding) => {
      client.setQueryData(['onboardings', onboarding.id], onboarding);
      await navigate({ to: '/models/onboardings/$id', params: { id: onboarding.id } });
    },
  });
  const own = sets.data?.data.filter((one) => one.space_version === model.space_version) ?? [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label="Anchor set"
            placeholder="the one that ships"
            data={own.map(({ id, name, anchors }) => ({
              value: id,
              label: `${name} (${anchors})`,
            }))}
            value={limits.anchorSet}
            onChange={set('anchorSet')}
            clearable
          />
          <NumberInput
            label="Anchors at most"
            min={0}
            max={2_000}
            allowDecimal={false}
            value={limits.maxAnchors}
            onChange={set('maxAnchors')}
          />
          <NumberInput
            label="USD at most"
            description={
              model.prices === null ? 'Needs list prices: it has none' : 'Empty = no bound'
            }
            min={0}
            decimalScale={4}
            disabled={model.prices === null}
            value={model.prices === null ? '' : limits.maxCostUsd}
            onChange={set('maxCostUsd')}
          />
          <NumberInput
            label="Stop at this uncertainty, %"
            description="Standard deviation of its accuracy; empty = ask them all"
            min={0.1}
            max={50}
            value={limits.targetSd}
            onChange={set('targetSd')}
          />
          <NumberInput
            label="Calls side by side"
            min={1}
            max={64}
            allowDecimal={false}
            value={limits.concurrency}
            onChange={set('concurrency')}
          />
          <Switch
            label="Make it active when nothing speaks against it"
            description="Otherwise it waits in shadow"
            checked={limits.promote}
            onChange={(event) => set('promote')(event.currentTarget.checked)}
          />
        </SimpleGrid>
        <QueryView query={quote}>{(known) => <OnboardingQuoteFacts quote={known} />}</QueryView>
        {begin.isError && <ErrorState error={begin.error} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {model.deployments.length === 0 ? 'It has no deployment to ask: add one below.' : ''}
          </Text>
          <Button type="submit" loading={begin.isPending} disabled={model.deployments.length === 0}>
            Begin to measure it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function toBody(limits: Limits, { prices }: AdminModel): object {
  const { anchorSet, maxAnchors, maxCostUsd, targetSd, concurrency, promote } = limits;
  return {
    ...(anchorSet === null ? {} : { anchor_set: anchorSet }),
    ...(typeof maxAnchors === 'number' ? { max_anchors: maxAnchors } : {}),
    // A cap cannot be kept where a call's price is not known.
    max_cost_usd: prices !== null && typeof maxCostUsd === 'number' ? maxCostUsd : null,
    ...(typeof targetSd === 'number' ? { target_sd: Number((targetSd / 100).toPrecision(6)) } : {}),
    ...(typeof concurrency === 'number' ? { concurrency } : {}),
    promote,
  };
}
