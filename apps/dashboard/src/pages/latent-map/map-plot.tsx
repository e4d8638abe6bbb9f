import { useMemo } from 'react';
import { ChartFrame, LegendEntry } from '../../charts/chart-frame.js';
import { ScatterPlot } from '../../charts/scatter-plot.js';
import type { PlotPoint } from '../../charts/scatter-plot.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatDateTime, formatNumber, formatPercent } from '../../format/format.js';
import { colourPoints } from './map-colours.js';
import type { ColourBy, LatentMap, MapPoint } from './map-points.js';

/** The map itself, with its legend and as a table. */
export function MapPlot(props: { map: LatentMap; colourBy: ColourBy; spaceVersion: string }) {
  const { map, colourBy, spaceVersion } = props;
  const { points, explained } = map;
  const byKey = useMemo(() => new Map(points.map((point) => [point.key, point])), [points]);
  const { colourOf, legend } = useMemo(() => colourPoints(points, colourBy), [points, colourBy]);
  const marks = points.map(({ key, x, y, kind }): PlotPoint => ({
    key,
    x,
    y,
    color: colourOf(byKey.get(key)!),
    shape: kind === 'anchor' ? 'diamond' : 'circle',
    label: key,
  }));
  const queries = points.filter(({ kind }) => kind === 'query').length;
  return (
    <ChartFrame
      title="Latent map"
      summary={`${queries} queries (circles) and ${points.length - queries} anchors (diamonds) of ${spaceVersion}. The axes are the two directions in which they differ most, with ${formatPercent(explained[0] + explained[1], 0)} of all differences.`}
      height={560}
      legend={legend.map(({ name, colour }) => (
        <LegendEntry key={name} color={colour}>
          {name}
        </LegendEntry>
      ))}
      table={<MapTable points={points} />}
    >
      {(size) => (
        <ScatterPlot
          {...size}
          points={marks}
          x={axis(`first direction (${formatPercent(explained[0], 0)})`)}
          y={axis(`second direction (${formatPercent(explained[1], 0)})`)}
          say={({ key }) => told(byKey.get(key)!).join(', ')}
          tip={({ key }) => told(byKey.get(key)!).map((line) => <div key={line}>{line}</div>)}
        />
      )}
    </ChartFrame>
  );
}

const axis = (title: string) => ({ kind: 'linear' as const, title, format: formatNumber });

/** Why a point has its colour and its place, line by line. */
function told({ kind, decision, anchor, domain, difficulty, best }: MapPoint): string[] {
  const who =
    kind === 'anchor'
      ? [`Anchor ${anchor?.id ?? ''} of ${anchor?.set ?? ''}`, `domain ${domain ?? 'unknown'}`]
      : [`Query of ${formatDateTime(decision?.at)}`, ...queryLines(decision)];
  return [...who, `difficulty ${formatNumber(difficulty)}`, `best model ${best ?? 'unknown'}`];
}

function queryLines(decision: MapPoint['decision']): string[] {
  if (decision === null) return [];
  const { model, pCorrect, inDomain } = decision;
  return [
    `went to ${model}${pCorrect === null ? '' : `, ${formatPercent(pCorrect)} correct`}`,
    `${formatPercent(inDomain, 0)} in domain`,
  ];
}

const COLUMNS: readonly Column<MapPoint>[] = [
  {
    key: 'kind',
    header: 'Kind',
    width: 90,
    cell: ({ kind }) => kind,
    sortValue: ({ kind }) => kind,
  },
  {
    key: 'name',
    header: 'Decision or anchor',
    width: 260,
    cell: ({ decision, anchor }) =>
      decision === null ? anchor?.id : <a href={`/decisions/${decision.id}`}>{decision.id}</a>,
  },
  {
    key: 'domain',
    header: 'Domain',
    width: 130,
    cell: ({ domain }) => domain ?? '',
    sortValue: ({ domain }) => domain,
  },
  {
    key: 'difficulty',
    header: 'Difficulty',
    align: 'right',
    width: 110,
    cell: ({ difficulty }) => formatNumber(difficulty),
    sortValue: ({ difficulty }) => difficulty,
  },
  {
    key: 'model',
    header: 'Went to',
    width: 220,
    cell: ({ decision }) => decision?.model ?? '',
    sortValue: ({ decision }) => decision?.model ?? null,
  },
  {
    key: 'best',
    header: 'Best model',
    width: 220,
    cell: ({ best }) => best ?? '',
    sortValue: ({ best }) => best,
  },
  {
    key: 'x',
    header: 'First direction',
    align: 'right',
    width: 130,
    cell: ({ x }) => formatNumber(x),
    sortValue: ({ x }) => x,
  },
  {
    key: 'y',
    header: 'Second direction',
    align: 'right',
    width: 140,
    cell: ({ y }) => formatNumber(y),
    sortValue: ({ y }) => y,
  },
];

function MapTable({ points }: { points: readonly MapPoint[] }) {
  return <DataTable label="Latent map" rows={points} columns={COLUMNS} rowKey={({ key }) => key} />;
}
