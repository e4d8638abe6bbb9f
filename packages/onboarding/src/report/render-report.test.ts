import { describe, expect, it } from '@jest/globals';
import { failed, freshState, sampleAnchors } from '../../test/sample-anchors.js';
import { measureModel } from '../result/measure-model.js';
import { traceRun } from '../result/trace-run.js';
import { runOnboarding, scored } from '../simulation/simulate-model.js';
import { renderReport } from './render-report.js';

const HOSTILE = '</title><script>alert("x")</script><img src=x onerror=alert(1)> & "quotes"';
const anchors = sampleAnchors(90).map((anchor, i) =>
  i % 5 === 0 ? { ...anchor, domain: `${HOSTILE} domain` } : anchor,
);
const state = runOnboarding(freshState(anchors), (anchor) =>
  anchor % 6 === 0
    ? failed(anchor, `${HOSTILE} reason`)
    : {
        ...scored(anchor, anchors[anchor].difficulty < 0.3 ? 1 : 0),
        outputTokens: 10 + anchor,
        inputTokens: 50,
        ttftMs: 200 + anchor,
        totalMs: 200 + anchor + 15 * (9 + anchor),
      },
);
const measured = measureModel(state, {
  name: HOSTILE,
  prices: { input_per_mtok: 1, output_per_mtok: 4 },
  lengthPrior: { mean: 0, variance: 0.3, residualVariance: 0.4 },
  maxTokens: null,
  stoppedBy: 'max_anchors',
  spentUsd: 0.031,
});
const page = (own: Partial<Parameters<typeof renderReport>[0]> = {}) =>
  renderReport({
    model: HOSTILE,
    spaceVersion: `${HOSTILE} v1`,
    anchorSet: `${HOSTILE} set`,
    state,
    measured,
    ...own,
  });

describe('renderReport', () => {
  it('shows every part of the measurement', async () => {
    const html = await page();
    for (const id of ['accuracy', 'ability', 'resources', 'outcomes'])
      expect(html.includes(`<section id="${id}">`)).toBe(true);
    expect(html.match(/<svg [^>]*role="img"/g)).toHaveLength(7);
    expect(html.includes('$0.03')).toBe(true);
    expect(/held in shadow|nothing speaks against it/.test(html)).toBe(true);
  });

  it('stands by itself: one style element, no script, no style attribute, nothing from elsewhere', async () => {
    const html = await page();
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html.match(/<(script|img|link|iframe|object|embed|foreignObject)\b/gi)).toBeNull();
    const tags = html.match(/<[a-z][^>]*>/gi)!.join('\n');
    expect(tags.match(/\s(style|src|href|on\w+|xlink:href)=/gi)).toBeNull();
    expect(html.replaceAll('http://www.w3.org/', '').match(/https?:|url\(/g)).toBeNull();
  });

  it('shows names as they are, and never reads them as markup', async () => {
    const html = await page();
    for (const name of ['', ' v1', ' set', ' domain', ' reason'])
      expect(
        html.includes(
          `&lt;/title&gt;&lt;script&gt;alert("x")&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; "quotes"${name}`,
        ),
      ).toBe(true);
    expect(html.includes('<img')).toBe(false);
    expect(html.match(/<\/title>/g)).toHaveLength(1);
  });

  it('leaves out what was not measured', async () => {
    const nothing = freshState(anchors);
    const html = await page({
      state: nothing,
      measured: measureModel(nothing, {
        name: 'new',
        prices: null,
        lengthPrior: null,
        maxTokens: null,
        stoppedBy: 'responses',
        spentUsd: 0,
      }),
    });
    expect(html.includes('<section id="resources">')).toBe(false);
    expect(html.includes('No hold-out was answered')).toBe(true);
    expect(html.includes('NaN')).toBe(false);
  });
});

describe('traceRun', () => {
  it('begins with the prior, ends with what is known, and forecasts each answer from those before', () => {
    const { path, forecasts } = traceRun(state);
    const graded = measured.result.anchors.answered;
    expect(forecasts).toHaveLength(graded);
    expect(path[0]).toMatchObject({ answers: 0 });
    expect(path.at(-1)!.answers).toBe(graded);
    expect(path.at(-1)!.standardDeviation).toBeCloseTo(measured.result.expected_accuracy.sd, 12);
    // The first forecast knows the prior alone: another answer changes none of it.
    const other = traceRun({
      ...state,
      outcomes: state.outcomes.map((own) =>
        own.score === null ? own : { ...own, score: 1 - own.score },
      ),
    });
    expect(other.forecasts[0].forecast).toBe(forecasts[0].forecast);
    expect(other.forecasts.at(-1)!.forecast).not.toBeCloseTo(forecasts.at(-1)!.forecast, 3);
  });

  it('looks now and then only at a long run', () => {
    const long = sampleAnchors(400);
    const run = runOnboarding(freshState(long, { maxAnchors: 400 }), (anchor) =>
      scored(anchor, anchor % 2),
    );
    const { path, forecasts } = traceRun(run);
    expect(path.length).toBeLessThanOrEqual(61);
    expect(path.at(-1)!.answers).toBe(400);
    expect(forecasts).toHaveLength(400);
  });
});
