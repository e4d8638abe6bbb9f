import type { Child } from '@zerorouter/report-page';
import { count, h, renderPage } from '@zerorouter/report-page';
import { baselineFigures } from './html/baseline-figures.js';
import { onboardingFigures } from './html/onboarding.js';
import { overview } from './html/overview.js';
import { particulars, rowTables } from './html/particulars.js';
import { reliabilityFigures } from './html/reliability.js';
import { routingFigures } from './html/routing.js';
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
  return renderPage(
    'ZeroRouter evaluation',
    h('p', { class: 'note subtitle' }, subtitle(report)),
    h(
      'nav',
      {},
      present.map(([id, title]) => h('a', { href: `#${id}` }, title)),
    ),
    report.notes.map((note) => h('p', {}, note)),
    present.map(([, , content]) => content),
  );
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
