import * as Plot from '@observablehq/plot';
import type { Child, Node } from './element.js';
import { document, h } from './element.js';

/** How a line or bar is told apart: by colour, and by dashes. */
export interface SeriesStyle {
  readonly title: string;
  /** A CSS variable of the page. */
  readonly color: string;
  /** As `stroke-dasharray`; empty = solid. */
  readonly dash: string;
}

/** What of an SVG is looked at after it was drawn. */
interface Drawing extends Node {
  querySelectorAll(selector: string): Iterable<{ remove(): void }>;
}

/**
 * Draws a plot as SVG; its ink is the page's, so that it fits a light and a dark one. The rules that Plot
 * writes into each drawing stand in the page's style sheet once, under this class.
 */
export function draw(label: string, options: Plot.PlotOptions): Node {
  const svg = Plot.plot({
    ...options,
    document: document as never,
    ariaLabel: label,
    className: 'plot',
  }) as unknown as Drawing;
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.setAttribute('role', 'img');
  return svg;
}

/** A plot with a heading above and a legend beneath. */
export function figure(title: Child, plot: Node, caption: Child = null): Node {
  return h(
    'figure',
    {},
    h('figcaption', {}, title),
    plot,
    caption === null ? null : h('p', { class: 'note' }, caption),
  );
}

export function legend(styles: readonly SeriesStyle[]): Node {
  return h('ul', { class: 'legend' }, styles.map(entry));
}

function entry({ title, color, dash }: SeriesStyle): Node {
  const line = h('line', {
    x1: 0,
    y1: 2,
    x2: 22,
    y2: 2,
    stroke: color,
    'stroke-width': 3,
    ...(dash === '' ? {} : { 'stroke-dasharray': dash }),
  });
  return h('li', {}, h('svg', { width: 22, height: 4, 'aria-hidden': 'true' }, line), title);
}

export { Plot };
