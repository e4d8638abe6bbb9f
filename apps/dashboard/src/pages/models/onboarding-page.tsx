import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { onboardingSchema } from '@zerorouter/contracts';
import type { OnboardingView } from '@zerorouter/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call, get, send } from '../../api/client.js';
import { ConfirmButton } from '../../components/confirm-button.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
import { IntervalBar } from '../../components/interval-bar.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { Stat, StatRow } from '../../components/stat.js';
import { StateBadge } from '../../components/state-badge.js';
import { saveBlob } from '../../files/save-blob.js';
import { formatCount, formatDateTime, formatUsd } from '../../format/format.js';
import { useFollowed } from '../../live/use-followed.js';
import { OnboardingReport } from './onboarding-report.js';

/** One run that measures a model: how far it is, as it goes on; then what it found. */
export function OnboardingPage() {
  const { id } = useParams({ from: '/models/onboardings/$id' });
  const client = useQueryClient();
  const path = `/admin/v1/onboardings/${encodeURIComponent(id)}`;
  const queryKey = ['onboardings', id];
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => get(path, onboardingSchema, { signal }),
  });
  const underWay = query.data !== undefined && query.data.finished_at === null;
  const failure = useFollowed(underWay ? `${path}/events` : null, queryKey, onboardingSchema);
  useEffect(() => {
    // What it has changed is read anew where it is shown.
    if (!underWay) void client.invalidateQueries({ queryKey: ['models'] });
  }, [underWay, client]);
  return (
    <Stack>
      <QueryView query={query}>
        {(run) => (
          <Stack>
            <Anchor component={Link} to={`/models/${run.model_id}`} size="sm">
              {run.model}
            </Anchor>
            <PageHeader
              title={`Measuring ${run.model}`}
              about={
                <Group gap="xs" component="span">
                  <StateBadge state={run.state} />
                  <Text span size="sm">
                    begun {formatDateTime(run.created_at)}
                  </Text>
                </Group>
              }
              actions={
                underWay ? (
                  <ConfirmButton
                    label="Cancel the run"
                    danger
                    action={async () =>
                      client.setQueryData(
                        queryKey,
                        await send('POST', `${path}/cancel`, {}, onboardingSchema),
                      )
                    }
                  >
                    What was answered stays, and the profile does not change.
                  </ConfirmButton>
                ) : (
                  run.result !== null && <SaveReport path={path} name={run.model} />
                )
              }
            />
            {failure !== null && <ErrorState error={failure} />}
            {run.error !== null && <Text role="alert">It failed: {run.error}</Text>}
            {run.result === null ? (
              <Progressing run={run} />
            ) : (
              <OnboardingReport run={run} result={run.result} />
            )}
          </Stack>
        )}
      </QueryView>
    </Stack>
  );
}

function Progressing({ run }: { run: OnboardingView }) {
  const { progress, settings } = run;
  const most = typeof settings['max_anchors'] === 'number' ? settings['max_anchors'] : null;
  const done = (progress?.answered ?? 0) + (progress?.failed ?? 0) + (progress?.ungradable ?? 0);
  return (
    <Panel title={run.finished_at === null ? 'Under way' : 'How far it came'}>
      <Stack>
        {most !== null && (
          <Progress
            value={most === 0 ? 100 : Math.min(100, (done / most) * 100)}
            size="lg"
            aria-label={`${done} of at most ${most} anchors are done`}
          />
        )}
        <StatRow>
          <Stat
            label="Answered"
            value={formatCount(progress?.answered ?? 0)}
            note={most === null ? undefined : `of at most ${most}`}
          />
          <Stat label="Asked" value={formatCount(progress?.asked ?? 0)} />
          <Stat
            label="Without a grade"
            value={formatCount((progress?.failed ?? 0) + (progress?.ungradable ?? 0))}
            note={`${progress?.failed ?? 0} calls failed`}
          />
          <Stat label="Spent" value={formatUsd(progress?.spent_usd ?? 0)} />
        </StatRow>
        {progress?.expected_accuracy != null && (
          <div>
            <Text size="sm" c="dimmed">
              Expected accuracy, as it is known so far
            </Text>
            <IntervalBar
              value={progress.expected_accuracy.value}
              interval={progress.expected_accuracy.interval}
            />
          </div>
        )}
      </Stack>
    </Panel>
  );
}

function SaveReport({ path, name }: { path: string; name: string }) {
  const save = useMutation({
    mutationFn: async () => {
      const report = await (await call('GET', `${path}/report`)).blob();
      saveBlob(report, `${name.replaceAll(/[^\w.-]+/g, '-')}-onboarding.html`);
    },
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Button
        variant="default"
        leftSection={<Icon name="download" />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        Save the report
      </Button>
      {save.isError && <ErrorState error={save.error} />}
    </Stack>
  );
}
