import type { ModelProfile, OnboardingResult } from '@zerorouter/contracts';
import type { Node } from '@zerorouter/report-page';
import { draw, figure, h, Plot } from '@zerorouter/report-page';
import type { OnboardingState } from '../onboarding-state.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Length and latency: every answer, and the line that the profile keeps. */
export function resourceFigures(
  { anchors, outcomes }: OnboardingState,
  { length }: ModelProfile,
  times: OnboardingResult['latency'],
): Node | null {
  const answered = outcomes.filter(({ score }) => score !== null);
  const figures: Node[] = [];
  const lengths = answered.flatMap(({ anchor, outputTokens }) => {
    const level = anchors[anchor].logOutputTokens;
    return level === null || !outputTokens ? [] : [{ x: Math.exp(level), y: outputTokens }];
  });
  if (length !== null && lengths.length > 0)
    figures.push(
      scatter('output tokens over what the queries ask for', lengths, {
        line: (x) => x * Math.exp(length.offset),
        logarithmic: true,
        x: 'tokens, before the model’s own offset',
        note: 'The line is the median answer: the level of the query times the model’s verbosity.',
      }),
    );
  if (times !== null) {
    const first = answered.flatMap(({ anchor, ttftMs }) =>
      ttftMs === null ? [] : [{ x: anchors[anchor].inputTokens, y: ttftMs }],
    );
    const rest = answered.flatMap(({ outputTokens, ttftMs, totalMs }) =>
      ttftMs === null || totalMs === null || outputTokens === null || outputTokens < 2
        ? []
        : [{ x: outputTokens - 1, y: Math.max(0, totalMs - ttftMs) }],
    );
    figures.push(
      scatter('time to first token, ms', first, {
        line: (x) => times.ttft_ms + times.ttft_ms_per_input_token * x,
        logarithmic: false,
        x: 'input tokens, estimated',
        note: 'A robust line: calls that stalled do not move it.',
      }),
      scatter('time from first token to last, ms', rest, {
        line: (x) => times.tpot_ms * x,
        logarithmic: false,
        x: 'output tokens after the first',
        note: 'Its slope is the time per output token.',
      }),
    );
  }
  if (figures.length === 0) return null;
  return h(
    'section',
    { id: 'resources' },
    h('h2', {}, 'Length and latency'),
    h('div', { class: 'pair' }, figures),
  );
}

function scatter(
  title: string,
  points: readonly Point[],
  options: { line: (x: number) => number; logarithmic: boolean; x: string; note: string },
): Node {
  const ends = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const scale = options.logarithmic ? { type: 'log' as const, tickFormat: '~g', ticks: 5 } : {};
  const plot = draw(title, {
    width: 480,
    height: 260,
    marginLeft: 56,
    x: { ...scale, label: options.x, labelArrow: 'none' },
    y: { ...scale, ...(options.logarithmic ? {} : { zero: true }), label: null, grid: true },
    marks: [
      Plot.dot(points, { x: 'x', y: 'y', fill: 'var(--ours)', fillOpacity: 0.55, r: 3 }),
      Plot.line(
        ends.map((x) => ({ x, y: options.line(x) })),
        { x: 'x', y: 'y', stroke: 'var(--amber)', strokeWidth: 2 },
      ),
    ],
  });
  return figure(title, plot, options.note);
}
