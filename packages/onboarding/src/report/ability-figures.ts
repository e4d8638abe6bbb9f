import type { Ability } from '@zerorouter/latent-space';
import type { Node } from '@zerorouter/report-page';
import { draw, figure, h, legend, Plot } from '@zerorouter/report-page';
import type { MeasuredModel } from '../result/measure-model.js';

/** The 95th percentile of N(0, 1). */
const NORMAL_95 = 1.6448536269514722;

const OBSERVED = { title: 'observed', color: 'var(--ours)', dash: '' };
const IMPLIED = { title: 'implied', color: 'var(--amber)', dash: '' };

/** θ by dimension beside its prior, and what it implies by domain beside what was answered. */
export function abilityFigures(prior: Ability, { result }: MeasuredModel): Node {
  return h(
    'section',
    { id: 'ability' },
    h('h2', {}, 'Ability'),
    h(
      'div',
      { class: 'pair' },
      figure(
        'by latent dimension',
        dimensionPlot(prior, result.ability),
        'Means with 90% intervals: measured in blue, expected from metadata in grey.',
      ),
      result.domains.length === 0
        ? null
        : figure(
            'by domain',
            h('div', {}, legend([OBSERVED, IMPLIED]), domainPlot(result.domains)),
            'Mean score of the answers, and mean P(correct) that the ability implies of them. A gap in one domain may be the model’s, or that of the predictor’s difficulties there.',
          ),
    ),
  );
}

function dimensionPlot(prior: Ability, ability: Ability): Node {
  const rows = (own: Ability) =>
    Array.from(own.mean, (mean, k) => {
      const reach = NORMAL_95 * Math.sqrt(own.covariance[k * own.mean.length + k]);
      return {
        dimension: k === 0 ? '1, general' : `${k + 1}`,
        mean,
        low: mean - reach,
        high: mean + reach,
      };
    });
  const expected = rows(prior);
  const measured = rows(ability);
  const range = { y: 'dimension', x1: 'low', x2: 'high' };
  return draw('Ability by latent dimension', {
    width: 480,
    height: 40 + 24 * measured.length,
    marginLeft: 70,
    x: { label: 'logits', nice: true, grid: true, labelArrow: 'none' },
    y: { label: null, domain: measured.map(({ dimension }) => dimension), tickSize: 0 },
    marks: [
      Plot.ruleY(expected, {
        ...range,
        stroke: 'var(--faint)',
        strokeWidth: 6,
        strokeOpacity: 0.5,
      }),
      Plot.ruleY(measured, { ...range, stroke: 'var(--ours)', strokeWidth: 2 }),
      Plot.dot(measured, { y: 'dimension', x: 'mean', fill: 'var(--ours)', r: 4 }),
    ],
  });
}

function domainPlot(domains: MeasuredModel['result']['domains']): Node {
  const rows = domains.map(({ domain, answers, ...shares }) => ({
    ...shares,
    title: `${domain} (${answers})`,
  }));
  return draw('Observed and implied score by domain', {
    width: 480,
    height: 40 + 24 * rows.length,
    marginLeft: 150,
    x: { domain: [0, 1], label: null, grid: true, tickFormat: '.0%' },
    y: { label: null, domain: rows.map(({ title }) => title), tickSize: 0 },
    marks: [
      Plot.ruleY(rows, { y: 'title', x1: 'observed', x2: 'implied', stroke: 'var(--bar)' }),
      Plot.dot(rows, { y: 'title', x: 'implied', fill: IMPLIED.color, r: 4 }),
      Plot.dot(rows, { y: 'title', x: 'observed', fill: OBSERVED.color, r: 4 }),
    ],
  });
}
