import { reliabilityBins } from '@zerorouter/latent-space';
import type { Node } from '@zerorouter/report-page';
import { draw, figure, h, Plot } from '@zerorouter/report-page';
import type { RunTrace } from '../result/trace-run.js';

const BINS = 5;

/** How the estimate came about, and whether forecasts meant what they said. */
export function accuracyFigures({ path, forecasts }: RunTrace): Node {
  return h(
    'section',
    { id: 'accuracy' },
    h('h2', {}, 'Expected accuracy'),
    h(
      'div',
      { class: 'pair' },
      figure(
        'what was known after so many answers',
        convergencePlot(path),
        'Mean score over the whole set, with one standard deviation to either side. The first point is what the metadata tell.',
      ),
      figure(
        'implied against observed',
        calibrationPlot(forecasts),
        'Mean score over mean forecast in five bins. Each answer is forecast from those before it; on the diagonal forecasts mean what they say. A dot’s area is its share of the answers.',
      ),
    ),
  );
}

function convergencePlot(path: RunTrace['path']): Node {
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const points = path.map(({ answers, value, standardDeviation }) => ({
    answers,
    value,
    low: clip(value - standardDeviation),
    high: clip(value + standardDeviation),
  }));
  const channels = { x: 'answers', y: 'value' };
  return draw('Expected accuracy over graded answers', {
    width: 480,
    height: 260,
    marginLeft: 44,
    x: { label: 'graded answers', labelArrow: 'none' },
    y: { domain: [0, 1], label: null, grid: true, tickFormat: '.0%' },
    marks: [
      Plot.areaY(points, {
        x: 'answers',
        y1: 'low',
        y2: 'high',
        fill: 'var(--ours)',
        fillOpacity: 0.18,
      }),
      Plot.line(points, { ...channels, stroke: 'var(--ours)', strokeWidth: 2 }),
      Plot.dot(points, { ...channels, fill: 'var(--ours)', r: 2 }),
    ],
  });
}

function calibrationPlot(forecasts: RunTrace['forecasts']): Node {
  const bins = reliabilityBins(
    forecasts.map(({ score }) => score),
    forecasts.map(({ forecast }) => forecast),
    BINS,
  ).filter(({ cells }) => cells > 0);
  const diagonal = [
    [0, 0],
    [1, 1],
  ];
  return draw('Observed score over implied probability', {
    width: 480,
    height: 260,
    marginLeft: 44,
    x: { domain: [0, 1], label: 'implied', tickFormat: '.0%', labelArrow: 'none' },
    y: { domain: [0, 1], label: null, grid: true, tickFormat: '.0%' },
    r: { range: [2, 8] },
    marks: [
      Plot.line(diagonal, { stroke: 'currentColor', strokeOpacity: 0.35 }),
      Plot.dot(bins, {
        x: 'forecast',
        y: 'score',
        r: 'cells',
        fill: 'var(--ours)',
        fillOpacity: 0.75,
      }),
    ],
  });
}
