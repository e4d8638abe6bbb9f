import type { OnboardingResult } from '@zerorouter/contracts';
import type { Child, Node } from '@zerorouter/report-page';
import { h, percent } from '@zerorouter/report-page';
import type { MeasuredModel } from '../result/measure-model.js';
import { milliseconds, usd } from './units.js';

const STOPS: Readonly<Record<OnboardingResult['stopped_by'], string>> = {
  target_sd: 'stopped: accuracy is known well enough',
  max_anchors: 'stopped: as many as it might ask',
  max_cost_usd: 'stopped: the money was spent',
  anchors: 'stopped: the set was used up',
  responses: 'answers collected elsewhere',
};

export function stopTitle(stoppedBy: OnboardingResult['stopped_by']): string {
  return STOPS[stoppedBy];
}

export function heldNotice(held: string | null): Node {
  return held === null
    ? h('p', {}, h('span', { class: 'chip better' }, 'nothing speaks against it'))
    : h('p', {}, h('span', { class: 'chip worse' }, 'held in shadow'), ` ${held}.`);
}

/** The figures that one looks for first. */
export function tiles({ profile, result }: MeasuredModel): Node {
  const { value, interval } = result.expected_accuracy;
  const { latency, misfit, anchors } = result;
  return h(
    'div',
    { class: 'tiles' },
    tile(
      'Expected accuracy over the set',
      percent(value, 1),
      `90%: ${percent(interval[0], 1)} to ${percent(interval[1], 1)}`,
    ),
    tile(
      'Answered',
      `${anchors.answered} of ${anchors.asked}`,
      `${anchors.failed} failed, ${anchors.ungradable} could not be graded`,
    ),
    tile('Spent', usd(result.cost_usd), costNote(profile.cost)),
    tile(
      'Length of answers',
      result.length_offset === null ? '–' : `× ${Math.exp(result.length_offset).toFixed(2)}`,
      'against what the queries ask for',
    ),
    tile(
      'Time to first token',
      latency === null ? '–' : milliseconds(latency.ttft_ms),
      latency === null ? 'not told apart' : `${milliseconds(latency.tpot_ms)} per token after it`,
    ),
    tile(
      'Hold-outs',
      misfit === null ? '–' : `p = ${misfit.p_value.toPrecision(2)}`,
      misfit === null
        ? 'none was answered'
        : `${misfit.held_out} scored ${percent(misfit.observed)}, implied ${percent(misfit.implied)}`,
    ),
  );
}

function tile(title: string, figure: string, note: Child): Node {
  return h(
    'div',
    { class: 'tile' },
    h('div', { class: 'tile-title' }, title),
    h('div', { class: 'tile-figure' }, figure),
    h('p', { class: 'note' }, note),
  );
}

function costNote(cost: MeasuredModel['profile']['cost']): string {
  if (cost === null) return 'no cost of calls is known';
  return cost.kind === 'prices'
    ? `${usd(cost.inputPerMtok)} in, ${usd(cost.outputPerMtok)} out per million tokens`
    : `${usd(cost.base)} a call and what its tokens cost`;
}
