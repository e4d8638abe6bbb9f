import { Button, Group } from '@mantine/core';
import type { AdminModel, AlertView } from '@zerorouter/contracts';
import { useState } from 'react';
import { ModelCard } from './model-card.js';
import classes from './model-card.module.css';
import type { TrafficFacts } from './traffic-facts.js';

/** A card is some forty elements: more of them at once are a table's business. */
const CARDS_AT_ONCE = 100;

export interface ModelListProps {
  /** In their order. */
  models: readonly AdminModel[];
  /** By the models' names. */
  traffic: ReadonlyMap<string, TrafficFacts>;
  /** Names of those that are compared. */
  compared: readonly string[];
  onCompare: (name: string, on: boolean) => void;
}

/** The models as cards, so many at first, and more when asked. */
export function ModelCards(props: ModelListProps & { alertsOf: (id: string) => AlertView[] }) {
  const { models, traffic, compared, onCompare, alertsOf } = props;
  const [most, setMost] = useState(CARDS_AT_ONCE);
  return (
    <>
      <ul className={classes.grid} aria-label="Models">
        {models.slice(0, most).map((model) => (
          <ModelCard
            key={model.id}
            model={model}
            traffic={traffic.get(model.name)}
            alerts={alertsOf(model.id)}
            compared={compared.includes(model.name)}
            onCompare={(on) => onCompare(model.name, on)}
          />
        ))}
      </ul>
      {models.length > most && (
        <Group justify="center">
          <Button variant="default" onClick={() => setMost(most + CARDS_AT_ONCE)}>
            Show {Math.min(CARDS_AT_ONCE, models.length - most)} more
          </Button>
        </Group>
      )}
    </>
  );
}
