import { Anchor, Checkbox } from '@mantine/core';
import type { AdminModel } from '@zerorouter/contracts';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { IntervalBar } from '../../components/interval-bar.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatMs, formatNumber, formatPercent, formatUsd, UNKNOWN } from '../../format/format.js';
import { modelFacts } from './model-facts.js';
import type { ModelFacts } from './model-facts.js';
import type { ModelListProps } from './model-list.js';
import type { TrafficFacts } from './traffic-facts.js';

interface ModelRow {
  model: AdminModel;
  facts: ModelFacts;
  traffic: TrafficFacts | undefined;
}

const COLUMNS: readonly Column<ModelRow>[] = [
  {
    key: 'name',
    header: 'Model',
    width: 280,
    cell: ({ model: { id, name } }) => (
      <Anchor component={Link} size="sm" to={`/models/${id}`} title={name}>
        {name}
      </Anchor>
    ),
    sortValue: ({ model }) => model.name,
  },
  {
    key: 'state',
    header: 'State',
    width: 110,
    cell: ({ model }) => <StateBadge state={model.state} />,
    sortValue: ({ model }) => model.state,
  },
  {
    key: 'accuracy',
    header: 'Expected accuracy',
    width: 210,
    cell: ({ traffic }) =>
      traffic?.accuracy == null ? (
        UNKNOWN
      ) : (
        <IntervalBar value={traffic.accuracy.value} interval={traffic.accuracy.interval} />
      ),
    sortValue: ({ traffic }) => traffic?.accuracy?.value ?? null,
  },
  number('chosen', 'Chosen', ({ traffic }) => traffic?.chosen ?? null, formatPercent),
  number('input', '$/Mtok in', ({ facts }) => facts.prices?.input ?? null, formatUsd),
  number('output', '$/Mtok out', ({ facts }) => facts.prices?.output ?? null, formatUsd),
  number('cost', 'Per query', ({ traffic }) => traffic?.costUsd ?? null, formatUsd),
  number('ttft', 'First token', ({ facts }) => facts.ttftMs, formatMs),
  number('length', 'Length', ({ facts }) => facts.verbosity?.value ?? null, timesTypical),
];

/** The models one below the other, however many there are. */
export function ModelsTable({ models, traffic, compared, onCompare }: ModelListProps) {
  const rows = useMemo(
    () =>
      models.map((model): ModelRow => ({
        model,
        facts: modelFacts(model),
        traffic: traffic.get(model.name),
      })),
    [models, traffic],
  );
  const columns = useMemo(
    (): readonly Column<ModelRow>[] => [
      {
        key: 'compare',
        header: 'Pair',
        width: 60,
        cell: ({ model: { name } }) => (
          <Checkbox
            aria-label={`Compare ${name}`}
            checked={compared.includes(name)}
            onChange={(event) => onCompare(name, event.currentTarget.checked)}
          />
        ),
      },
      ...COLUMNS,
    ],
    [compared, onCompare],
  );
  return (
    <DataTable
      label="Models"
      rows={rows}
      rowKey={({ model }) => model.id}
      columns={columns}
      isMarked={({ model }) => compared.includes(model.name)}
      maxHeight={720}
    />
  );
}

function number(
  key: string,
  header: string,
  valueOf: (row: ModelRow) => number | null,
  said: (value: number | null) => string,
): Column<ModelRow> {
  return {
    key,
    header,
    cell: (row) => said(valueOf(row)),
    sortValue: valueOf,
    align: 'right',
    width: 110,
  };
}

function timesTypical(value: number | null): string {
  return value === null ? UNKNOWN : `${formatNumber(value)}×`;
}
