import { baselineFigures } from './html/baseline-figures.js';
import type { Child } from './html/element.js';
import { h } from './html/element.js';
import { count } from './html/format.js';
import { onboardingFigures } from './html/onboarding.js';
import { overview } from './html/overview.js';
import { particulars, rowTables } from './html/particulars.js';
import { reliabilityFigures } from './html/reliability.js';
import { routingFigures } from './html/routing.js';
import { STYLE } from './html/style.js';
import type { EvaluationReport } from './report-schema.js';

/** The report as one page: no script, nothing from elsewhere. */
export function renderReport(report: EvaluationReport): string {
  const sections: readonly (readonly [id: string, title: string, content: Child])[] = [
    ['overview', 'At a glance', overview(report)],
    ['baselines', 'Baselines', baselineFigures(report)],
    ['reliability', 'Reliability', reliabilityFigures(report)],
    ['onboarding', 'Onboarding', onboardingFigures(report)],
    ['routing', 'Routing', routingFigures(report)],
    ['rows', 'Every row', rowTables(report)],
    ['particulars', 'Particulars', particulars(report)],
  ];
  const present = sections.filter(([, , content]) => content !== null);
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      {},
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('title', {}, 'ZeroRouter evaluation'),
      h('style', {}, STYLE),
    ),
    h(
      'body',
      {},
      h(
        'main',
        {},
        h('h1', {}, 'ZeroRouter evaluation'),
        h('p', { class: 'note subtitle' }, subtitle(report)),
        h(
          'nav',
          {},
          present.map(([id, title]) => h('a', { href: `#${id}` }, title)),
        ),
        report.notes.map((note) => h('p', {}, note)),
        present.map(([, , content]) => content),
      ),
    ),
  );
  return `<!doctype html>\n${page.outerHTML}\n`;
}

function subtitle({ data, protocol }: EvaluationReport): string {
  const sum = (pick: (own: EvaluationReport['data'][number]) => number) =>
    count(data.reduce((total, own) => total + pick(own), 0));
  return [
    data.map(({ name }) => name).join(', '),
    `${sum(({ queries }) => queries)} queries, ${sum(({ outcomes }) => outcomes)} answers`,
    `encoder ${protocol.encoder}`,
    `seed ${protocol.seed}`,
    protocol.fast ? 'a rough look (--fast)' : `${protocol.draws} bootstrap draws`,
  ].join(' · ');
}
