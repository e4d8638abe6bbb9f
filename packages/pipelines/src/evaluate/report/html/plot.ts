import * as Plot from '@observablehq/plot';
import type { Child, Node } from './element.js';
import { document, h } from './element.js';
import type { SeriesStyle } from './series.js';

/** Draws a plot as SVG; its ink is the page's, so that it fits a light and a dark one. */
export function draw(label: string, options: Plot.PlotOptions): Node {
  const svg = Plot.plot({
    ...options,
    document: document as never,
    ariaLabel: label,
    style: { background: 'none', color: 'inherit', overflow: 'visible', fontSize: '11px' },
  }) as unknown as Node;
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
  return h(
    'ul',
    { class: 'legend' },
    styles.map(({ title, color, dash }) =>
      h(
        'li',
        {},
        h('span', {
          class: 'swatch',
          style: `border-top: 3px ${dash === '' ? 'solid' : 'dashed'} ${color}`,
        }),
        title,
      ),
    ),
  );
}

export { Plot };
