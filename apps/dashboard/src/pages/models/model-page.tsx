import { Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { adminModelSchema } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { getTagged } from '../../api/client.js';
import { recentDecisionsQuery } from '../../api/queries.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { StateBadge } from '../../components/state-badge.js';
import { EditModel } from './edit-model.js';
import { ModelDeployments } from './model-deployments.js';
import { ModelProfile } from './model-profile.js';
import { ModelSteps } from './model-steps.js';
import { OnboardModel } from './onboard-model.js';
import { OnboardingHistory } from './onboarding-history.js';
import { trafficFacts } from './traffic-facts.js';

/** One model: its profile, where it is served, how it was measured, and what can be done with it. */
export function ModelPage() {
  const { id } = useParams({ from: '/models/$id' });
  const path = `/admin/v1/models/${encodeURIComponent(id)}`;
  const query = useQuery({
    queryKey: ['models', id],
    queryFn: ({ signal }) => getTagged(path, adminModelSchema, { signal }),
  });
  const recent = useQuery(recentDecisionsQuery);
  return (
    <Stack>
      <Anchor component={Link} to="/models" size="sm">
        All models
      </Anchor>
      <QueryView query={query}>
        {({ data: model, etag }) => (
          <Stack>
            <PageHeader
              title={model.name}
              about={
                <Group gap="xs" component="span">
                  <StateBadge state={model.state} />
                  <Text span size="sm">
                    version {model.version} of its profile in space {model.space_version}
                  </Text>
                </Group>
              }
              actions={<ModelSteps model={model} etag={etag} path={path} />}
            />
            {model.state_reason !== null && (
              <Text role="note">Held in its state: {model.state_reason}</Text>
            )}
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <Panel
                title="Profile"
                about="What the router believes, with 90% intervals."
                actions={<EditModel model={model} etag={etag} path={path} />}
              >
                <ModelProfile
                  model={model}
                  traffic={trafficFacts(recent.data?.data ?? []).get(model.name)}
                />
              </Panel>
              <Panel
                title="Measure it"
                about="It answers anchor questions; from then on it competes for traffic."
              >
                <OnboardModel model={model} path={path} />
              </Panel>
            </SimpleGrid>
            <Panel title="Where it is served">
              <ModelDeployments model={model} etag={etag} path={path} />
            </Panel>
            <Panel title="Onboardings" about="Runs that measured it, newest first.">
              <OnboardingHistory modelId={model.id} />
            </Panel>
          </Stack>
        )}
      </QueryView>
    </Stack>
  );
}
