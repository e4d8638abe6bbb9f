import { SimpleGrid, Stack, Text } from '@mantine/core';
import type { OnboardingResult, OnboardingView } from '@zerorouter/contracts';
import { Facts } from '../../components/facts.js';
import { IntervalBar } from '../../components/interval-bar.js';
import { Panel } from '../../components/panel.js';
import { Stat, StatRow } from '../../components/stat.js';
import {
  formatCount,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../format/format.js';
import { AbilityAxes } from './ability-axes.js';
import { DomainPlot } from './domain-plot.js';

const STOPPED: Readonly<Record<OnboardingResult['stopped_by'], string>> = {
  target_sd: 'enough was known',
  max_anchors: 'all anchors that it might ask were asked',
  max_cost_usd: 'the money was spent',
  anchors: 'the set has no more anchors',
  responses: 'all answers that were collected were read',
};

const Z90 = 1.645;

/** What a run found. */
export function OnboardingReport({
  run,
  result,
}: {
  run: OnboardingView;
  result: OnboardingResult;
}) {
  const { expected_accuracy: accuracy, anchors, latency, misfit, ability } = result;
  const dimensions = ability.mean.length;
  return (
    <Stack>
      <StatRow>
        <Stat
          label="Expected accuracy"
          value={formatPercent(accuracy.value)}
          note={`± ${formatPercent(accuracy.sd)} standard deviation`}
        />
        <Stat
          label="Answers"
          value={formatCount(anchors.answered)}
          note={`of ${formatCount(anchors.asked)} asked: ${STOPPED[result.stopped_by]}`}
        />
        <Stat label="Cost" value={formatUsd(result.cost_usd)} />
        <Stat
          label="It is now"
          value={result.state}
          note={result.held === null ? 'nothing speaks against it' : undefined}
        />
      </StatRow>
      {result.held !== null && <Text role="note">Held in shadow: {result.held}</Text>}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Panel title="Ability">
          <Stack>
            <IntervalBar value={accuracy.value} interval={accuracy.interval} />
            <AbilityAxes
              axes={ability.mean.map((value, k) => {
                const spread = Z90 * Math.sqrt(ability.covariance[k * dimensions + k] ?? 0);
                return { value, interval: [value - spread, value + spread] };
              })}
            />
          </Stack>
        </Panel>
        <Panel title="Domain by domain" about="What it scored, and what its ability implies.">
          <DomainPlot domains={result.domains} />
        </Panel>
      </SimpleGrid>
      <Panel title="Details">
        <Facts
          rows={[
            ['Profile', `version ${result.profile_version} in space ${run.space_version}`],
            ['Could not be graded', formatCount(anchors.ungradable)],
            [
              'Calls without an answer',
              `${formatCount(anchors.failed)} (${formatPercent(result.failure_rate)})${Object.entries(
                result.failures,
              )
                .map(([reason, count]) => `, ${count} × ${reason}`)
                .join('')}`,
            ],
            [
              'Check on anchors held out',
              misfit === null
                ? 'none were'
                : `${misfit.held_out} anchors: ${formatPercent(misfit.observed)} right, ${formatPercent(misfit.implied)} implied (p = ${formatNumber(misfit.p_value)})`,
            ],
            [
              'Length of its answers',
              result.length_offset === null
                ? 'not known'
                : `${formatNumber(Math.exp(result.length_offset))}× what the queries’ level says`,
            ],
            [
              'Speed',
              latency === null
                ? 'not known'
                : `${formatMs(latency.ttft_ms)} to the first token, ${formatMs(latency.tpot_ms)} each`,
            ],
          ]}
        />
      </Panel>
    </Stack>
  );
}
