import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { latentMapSchema } from '@zerorouter/contracts';
import type { LatentMapView } from '@zerorouter/contracts';
import { useMemo, useState } from 'react';
import { get } from '../../api/client.js';
import { EmptyState } from '../../components/empty-state.js';
import { Loading } from '../../components/loading.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { MapPlot } from './map-plot.js';
import { layOut } from './map-points.js';
import type { ColourBy } from './map-points.js';

const QUERIES = 500;

export function LatentMapPage() {
  const query = useQuery({
    queryKey: ['latent-map'],
    queryFn: ({ signal }) =>
      get('/admin/v1/reports/latent-map', latentMapSchema, { query: { limit: QUERIES }, signal }),
  });
  return (
    <>
      <PageHeader
        title="Latent map"
        about="Recent queries and the anchors, by where they lie in the latent space: near each other is what asks for the same abilities. Only coordinates are stored, never a text."
      />
      <QueryView query={query} loading={<Loading lines={1} height={480} />}>
        {(data) => <Map data={data} />}
      </QueryView>
    </>
  );
}

function Map({ data }: { data: LatentMapView }) {
  const [colourBy, setColourBy] = useState<ColourBy>('difficulty');
  const map = useMemo(() => layOut(data), [data]);
  if (map.points.length === 0)
    return (
      <Panel>
        <EmptyState title="The map is empty" icon="map">
          Nothing was asked in the active space yet, and it has no anchors.
        </EmptyState>
      </Panel>
    );
  return (
    <Panel>
      <Stack gap="sm">
        <div>
          <Text size="sm" fw={600} mb={4} id="colour-by">
            Colour by
          </Text>
          <SegmentedControl
            aria-labelledby="colour-by"
            size="xs"
            value={colourBy}
            onChange={(value) => setColourBy(value)}
            data={[
              { value: 'difficulty', label: 'Difficulty' },
              { value: 'domain', label: 'Domain' },
              { value: 'model', label: 'Best model' },
            ]}
          />
        </div>
        <MapPlot map={map} colourBy={colourBy} spaceVersion={data.space_version} />
      </Stack>
    </Panel>
  );
}
