import { Stack, Text } from '@mantine/core';
import type { AdminModel } from '@zerorouter/contracts';
import { Facts } from '../../components/facts.js';
import { IntervalBar } from '../../components/interval-bar.js';
import {
  formatCount,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../format/format.js';
import { AbilityAxes } from './ability-axes.js';
import { DifficultyBands } from './difficulty-bands.js';
import { priceText, verbosityText } from './fact-text.js';
import { modelFacts, TYPICAL_INPUT_TOKENS } from './model-facts.js';
import type { TrafficFacts } from './traffic-facts.js';

export function ModelProfile(props: { model: AdminModel; traffic: TrafficFacts | undefined }) {
  const { model, traffic } = props;
  const facts = modelFacts(model);
  return (
    <Stack>
      {traffic?.accuracy != null && (
        <div>
          <Text size="sm" c="dimmed">
            Expected accuracy on the {formatCount(traffic.decisions)} newest queries
          </Text>
          <IntervalBar value={traffic.accuracy.value} interval={traffic.accuracy.interval} />
        </div>
      )}
      <AbilityAxes axes={facts.axes} />
      {traffic !== undefined && (
        <div>
          <Text size="sm" c="dimmed">
            Chosen for {formatPercent(traffic.chosen)} of the newest queries
          </Text>
          <DifficultyBands shares={traffic.chosenByDifficulty} />
        </div>
      )}
      <Facts
        rows={[
          ['Price of a million tokens', priceText(facts)],
          ...listPrices(model),
          ['Per query', `${formatUsd(traffic?.costUsd)} · ${formatMs(traffic?.latencyMs)}`],
          [`First token (${TYPICAL_INPUT_TOKENS} in)`, formatMs(facts.ttftMs)],
          ['Each token', formatMs(facts.tpotMs)],
          [
            'Length of answers',
            facts.verbosity === null
              ? verbosityText(facts)
              : `${verbosityText(facts)} (${facts.verbosity.interval.map(formatNumber).join('–')}×)`,
          ],
          ['Context window', formatCount(model.context_window)],
          ['Capabilities', model.capabilities.join(', ') || 'not known'],
          ['Size', model.size_b === null ? 'not known' : `${formatNumber(model.size_b)} billion`],
        ]}
      />
    </Stack>
  );
}

/** Where prices were read, and what the forecast's own do not tell of them. */
function listPrices({ prices }: AdminModel) {
  if (prices === null) return [];
  const { cached_input_per_mtok: cached, as_of, source } = prices;
  const read = [
    ...(as_of === undefined ? [] : [`on ${as_of}`]),
    ...(source === undefined ? [] : [`at ${source}`]),
  ];
  return [
    ...(cached === undefined ? [] : [['Of cached input', formatUsd(cached)] as const]),
    ...(read.length === 0 ? [] : [['Prices were read', read.join(' ')] as const]),
  ];
}
