import { Anchor, List, Text } from '@mantine/core';
import { Panel } from '../../components/panel.js';
import { formatNumber, formatPercent } from '../../format/format.js';
import type { Weights } from './policy-weights.js';
import { merit, switchPoints } from './rerank.js';
import type { SwitchPoint, UnitTerms } from './rerank.js';

/** What would have to be weighed differently for another model to be chosen. */
export function ChangePanel(props: {
  units: readonly UnitTerms[];
  weights: Weights;
  chosen: string;
  onTry: (weights: Weights) => void;
}) {
  const { units, weights, chosen, onTry } = props;
  const points = switchPoints(units, weights);
  const runnerUp = closest(units, weights, chosen);
  return (
    <Panel title="What would change the choice">
      {runnerUp !== null && weights.accuracy > 0 && (
        <Text size="sm" mb="xs">
          The runner-up is <b>{runnerUp.model}</b>: it would win with{' '}
          {formatPercent(runnerUp.lead / weights.accuracy)} more P(correct) than it has.
        </Text>
      )}
      {points.length === 0 ? (
        <Text size="sm" c="dimmed">
          No single weight does: this model leads however one of them is set.
        </Text>
      ) : (
        <List size="sm" spacing={6}>
          {points.map((point) => (
            <List.Item key={`${point.objective} ${point.to}`}>
              {describe(point)}{' '}
              <Anchor
                component="button"
                type="button"
                size="sm"
                ta="left"
                onClick={() => onTry(justBeyond(point, weights))}
              >
                Try it<span className="zr-visually-hidden"> and choose {point.model}</span>
              </Anchor>
            </List.Item>
          ))}
        </List>
      )}
    </Panel>
  );
}

function describe({ objective, from, to, model }: SwitchPoint) {
  const by = from > 0 && to > 0 ? ` (${formatNumber(to / from)}×)` : '';
  return (
    <>
      {to > from ? 'More' : 'Less'} weight on {objective}, {formatNumber(from)} → {formatNumber(to)}
      {by}: <b>{model}</b>
    </>
  );
}

function justBeyond({ objective, from, to }: SwitchPoint, weights: Weights): Weights {
  return { ...weights, [objective]: Math.max(0, to + (to - from) * 0.02) };
}

function closest(units: readonly UnitTerms[], weights: Weights, chosen: string) {
  const winner = units.find(({ model }) => model === chosen);
  if (winner === undefined) return null;
  const leads = units
    .filter((unit) => unit !== winner)
    .map((unit) => ({ model: unit.model, lead: merit(winner, weights) - merit(unit, weights) }))
    .sort((a, b) => a.lead - b.lead);
  return leads[0] ?? null;
}
