import { h, renderPage } from '@zerorouter/report-page';
import { traceRun } from '../result/trace-run.js';
import { abilityFigures } from './ability-figures.js';
import { accuracyFigures } from './accuracy-figures.js';
import { heldNotice, stopTitle, tiles } from './overview.js';
import { outcomeTables } from './outcome-tables.js';
import type { ReportInput } from './render-report.js';
import { resourceFigures } from './resource-figures.js';

/** @throws RangeError for an empty set. */
export function profilePage(input: ReportInput): string {
  const { model, spaceVersion, anchorSet, state, measured } = input;
  const { result } = measured;
  return renderPage(
    `Profile of ${model}`,
    h(
      'p',
      { class: 'note subtitle' },
      [
        `latent space ${spaceVersion}`,
        `anchor set ${anchorSet}`,
        `${result.anchors.asked} of ${state.anchors.length} anchors asked`,
        stopTitle(result.stopped_by),
        `seed ${state.seed}`,
      ].join(' · '),
    ),
    heldNotice(result.held),
    tiles(measured),
    accuracyFigures(traceRun(state)),
    abilityFigures(state.prior, measured),
    resourceFigures(state, measured.profile, result.latency),
    outcomeTables(result),
  );
}
