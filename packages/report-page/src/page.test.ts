import { describe, expect, it } from '@jest/globals';
import { h } from './element.js';
import { renderPage } from './page.js';
import { draw, figure, legend, Plot } from './plot.js';
import { table } from './table.js';

const HOSTILE = '</title><script>alert("x")</script> & <b>bold</b>';
const ESCAPED =
  '&lt;/title&gt;&lt;script&gt;alert("x")&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;';

const page = renderPage(
  HOSTILE,
  figure(HOSTILE, draw(HOSTILE, { marks: [Plot.dot([{ x: HOSTILE, y: 1 }], { x: 'x', y: 'y' })] })),
  legend([{ title: HOSTILE, color: 'var(--ours)', dash: '4,3' }]),
  table([{ title: HOSTILE, cell: (row: string) => row }], [HOSTILE]),
  h('p', { title: '"><script>' }, HOSTILE),
);

describe('renderPage', () => {
  it('shows any text as it is, in title, headings, plots, legends and tables', () => {
    expect(page.split(ESCAPED).length - 1).toBeGreaterThanOrEqual(8);
    // Markup in a quoted attribute is text; a quote would end it, and is escaped.
    const outside = page.replaceAll(/"[^"]*"/g, '""');
    expect(outside.match(/<script|<b>/g)).toBeNull();
    expect(outside.match(/<\/title>/g)).toHaveLength(1);
  });

  it('has one style element and no style attribute, so that a policy can name all of it', () => {
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page.match(/\sstyle=/g)).toBeNull();
  });
});
