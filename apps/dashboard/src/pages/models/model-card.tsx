import { Anchor, Checkbox, Text } from '@mantine/core';
import type { AdminModel, AlertView } from '@zerorouter/contracts';
import { Link } from '@tanstack/react-router';
import { Facts } from '../../components/facts.js';
import { IntervalBar } from '../../components/interval-bar.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatUsd } from '../../format/format.js';
import { DifficultyBands } from './difficulty-bands.js';
import { priceText, speedText, verbosityText } from './fact-text.js';
import classes from './model-card.module.css';
import { modelFacts } from './model-facts.js';
import type { TrafficFacts } from './traffic-facts.js';

/** What one needs to know of a model before one opens it. */
export function ModelCard(props: {
  model: AdminModel;
  traffic: TrafficFacts | undefined;
  /** The open ones of this model. */
  alerts: readonly AlertView[];
  compared: boolean;
  onCompare: (compared: boolean) => void;
}) {
  const { model, traffic, alerts, compared, onCompare } = props;
  const facts = modelFacts(model);
  return (
    <li className={classes.card} data-compared={compared || undefined}>
      <div className={classes.head}>
        <Anchor component={Link} to={`/models/${model.id}`} className={classes.name}>
          {model.name}
        </Anchor>
        <StateBadge state={model.state} />
      </div>
      {traffic?.accuracy != null && (
        <div>
          <Text size="xs" c="dimmed">
            Expected accuracy on recent queries
          </Text>
          <IntervalBar value={traffic.accuracy.value} interval={traffic.accuracy.interval} />
        </div>
      )}
      <Facts
        rows={[
          ['Price/Mtok', priceText(facts)],
          ['Per query', formatUsd(traffic?.costUsd)],
          ['Speed', speedText(facts)],
          ['Length', verbosityText(facts)],
        ]}
      />
      {traffic !== undefined && traffic.chosen > 0 && (
        <DifficultyBands shares={traffic.chosenByDifficulty} />
      )}
      <div className={classes.foot}>
        <Text size="sm" c="dimmed">
          {model.deployments.length === 0
            ? 'no deployment'
            : `${model.deployments.length} deployment${model.deployments.length === 1 ? '' : 's'}`}
          {alerts.length > 0 && ` · ${alerts.length} open alert${alerts.length === 1 ? '' : 's'}`}
          {alerts.some(isMeasuredAgain) && ' · measured again at this moment'}
        </Text>
        <Checkbox
          label="Compare"
          aria-label={`Compare ${model.name}`}
          checked={compared}
          onChange={(event) => onCompare(event.currentTarget.checked)}
        />
      </div>
    </li>
  );
}

function isMeasuredAgain({ reprofiling }: AlertView): boolean {
  return reprofiling?.state === 'queued' || reprofiling?.state === 'running';
}
