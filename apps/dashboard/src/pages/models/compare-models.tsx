import { Button } from '@mantine/core';
import type { AdminDecision, AdminModel } from '@zerorouter/contracts';
import type { ReactNode } from 'react';
import { IntervalBar } from '../../components/interval-bar.js';
import { Panel } from '../../components/panel.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatCount, formatMs, formatPercent, formatUsd, UNKNOWN } from '../../format/format.js';
import { DifficultyBands } from './difficulty-bands.js';
import { priceText, speedText, verbosityText } from './fact-text.js';
import classes from './model-card.module.css';
import { modelFacts } from './model-facts.js';
import { headToHead } from './traffic-facts.js';
import type { TrafficFacts } from './traffic-facts.js';

interface Compared {
  model: AdminModel;
  traffic: TrafficFacts | undefined;
}

/** Two models side by side, and query by query against each other. */
export function CompareModels(props: {
  pair: readonly [Compared, Compared];
  decisions: readonly AdminDecision[];
  onClose: () => void;
}) {
  const { pair, decisions, onClose } = props;
  const [a, b] = pair;
  const duel = headToHead(decisions, a.model.name, b.model.name);
  const rows: [string, (compared: Compared) => ReactNode][] = [
    ['State', ({ model }) => <StateBadge state={model.state} />],
    [
      'Expected accuracy',
      ({ traffic }) =>
        traffic?.accuracy == null ? (
          UNKNOWN
        ) : (
          <IntervalBar value={traffic.accuracy.value} interval={traffic.accuracy.interval} />
        ),
    ],
    ['Cost per query', ({ traffic }) => formatUsd(traffic?.costUsd)],
    ['Latency per query', ({ traffic }) => formatMs(traffic?.latencyMs)],
    ['Price of a million tokens', ({ model }) => priceText(modelFacts(model))],
    ['Speed', ({ model }) => speedText(modelFacts(model))],
    ['Length of answers', ({ model }) => verbosityText(modelFacts(model))],
    ['Context window', ({ model }) => formatCount(model.context_window)],
    ['Capabilities', ({ model }) => model.capabilities.join(', ') || 'not known'],
    ['Chosen', ({ traffic }) => formatPercent(traffic?.chosen)],
    [
      'Where',
      ({ traffic }) =>
        traffic === undefined ? UNKNOWN : <DifficultyBands shares={traffic.chosenByDifficulty} />,
    ],
  ];
  return (
    <Panel
      title="Side by side"
      about={
        duel === null
          ? 'No recent decision had both as candidates.'
          : `On ${formatCount(duel.decisions)} recent queries, ${a.model.name} is expected to be right more often on ${formatPercent(duel.likelier, 0)} of them, and cheaper on ${formatPercent(duel.cheaper, 0)}.`
      }
      actions={
        <Button variant="default" size="xs" onClick={onClose}>
          Stop comparing
        </Button>
      }
    >
      <div className={classes.scroll} role="region" aria-label="Comparison" tabIndex={0}>
        <table className={classes.compare}>
          <thead>
            <tr>
              <td />
              {pair.map(({ model }) => (
                <th key={model.id} scope="col">
                  {model.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, cell]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {pair.map((compared) => (
                  <td key={compared.model.id}>{cell(compared)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
