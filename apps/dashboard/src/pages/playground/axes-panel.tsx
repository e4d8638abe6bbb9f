import { Select, Table, Text } from '@mantine/core';
import type { RouteResponse } from '@zerorouter/contracts';
import { useState } from 'react';
import { Panel } from '../../components/panel.js';
import { formatNumber } from '../../format/format.js';
import classes from './axes-panel.module.css';

/**
 * Latent axis by latent axis: what the query asks for (α), what the chosen model and a rival bring (θ),
 * and their product, which is what the axis adds to the logit.
 */
export function AxesPanel({ response, chosen }: { response: RouteResponse; chosen: string }) {
  const [picked, setPicked] = useState<string | null>(null);
  const { explanation, query, candidates } = response;
  if (explanation === undefined) return null;
  const others = candidates.map(({ model }) => model).filter((model) => model !== chosen);
  const rival = picked !== null && others.includes(picked) ? picked : (others[0] ?? chosen);
  const of = (model: string) =>
    explanation.candidates.find((candidate) => candidate.model === model);
  const [own, other] = [of(chosen), of(rival)];
  if (own === undefined || other === undefined) return null;
  const largest = Math.max(...[...own.contributions, ...other.contributions].map(Math.abs), 1e-9);
  const ability = (contribution: number, axis: number) =>
    formatNumber(contribution / (query.discrimination[axis] ?? NaN));
  return (
    <Panel
      title="Latent axes"
      about={`${explanation.formula}. Difficulty ${formatNumber(explanation.difficulty)}.`}
    >
      <Select
        label="Compared with"
        data={others}
        value={rival}
        onChange={setPicked}
        searchable
        allowDeselect={false}
        mb="sm"
      />
      <div className={classes.scroller} role="region" aria-label="Latent axes" tabIndex={0}>
        <Table className="zr-numeric" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Axis</Table.Th>
              <Table.Th scope="col">Query α</Table.Th>
              <Table.Th scope="col">θ chosen</Table.Th>
              <Table.Th scope="col">θ compared</Table.Th>
              <Table.Th scope="col">α·θ, both</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.discrimination.map((alpha, axis) => (
              <Table.Tr key={axis}>
                <Table.Th scope="row">{axis + 1}</Table.Th>
                <Table.Td>{formatNumber(alpha)}</Table.Td>
                <Table.Td>{ability(own.contributions[axis] ?? NaN, axis)}</Table.Td>
                <Table.Td>{ability(other.contributions[axis] ?? NaN, axis)}</Table.Td>
                <Table.Td className={classes.bars}>
                  <Diverging
                    value={own.contributions[axis] ?? 0}
                    largest={largest}
                    color="var(--zr-chosen)"
                  />
                  <Diverging
                    value={other.contributions[axis] ?? 0}
                    largest={largest}
                    color="var(--zr-muted)"
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="sm" c="dimmed" mt="xs">
        Logit {formatNumber(own.logit)} against {formatNumber(other.logit)}; variance{' '}
        {formatNumber(own.variance)} against {formatNumber(other.variance)}.
      </Text>
    </Panel>
  );
}

/** A bar to the left of the middle for what speaks against, to the right for what speaks for. */
function Diverging(props: { value: number; largest: number; color: string }) {
  const { value, largest, color } = props;
  const half = (Math.abs(value) / largest) * 50;
  return (
    <svg
      className={classes.bar}
      role="img"
      aria-label={formatNumber(value)}
      preserveAspectRatio="none"
    >
      <rect x={`${value < 0 ? 50 - half : 50}%`} width={`${half}%`} y="2" height="8" fill={color} />
      <line x1="50%" x2="50%" y1="0" y2="12" stroke="var(--zr-muted)" />
    </svg>
  );
}
