import type { Node } from '@zerorouter/report-page';
import { count, decimal, h, percent, table } from '@zerorouter/report-page';
import type { MeasuredModel } from '../result/measure-model.js';

/** What failed and why, what the hold-outs say, and the domains in figures. */
export function outcomeTables({
  failures,
  failure_rate,
  misfit,
  domains,
}: MeasuredModel['result']): Node {
  const reasons = Object.entries(failures);
  return h(
    'section',
    { id: 'outcomes' },
    h('h2', {}, 'Failures'),
    h(
      'p',
      {},
      reasons.length === 0
        ? 'Every call brought an answer.'
        : `${percent(failure_rate)} of the anchors brought no answer after all tries. They say nothing of the ability and are left out of it.`,
    ),
    reasons.length === 0
      ? null
      : table(
          [
            { title: 'reason', numeric: false, cell: ([reason]) => reason },
            { title: 'anchors', cell: ([, anchors]) => count(anchors) },
          ],
          reasons,
        ),
    h('h2', {}, 'Misfit'),
    h(
      'p',
      {},
      misfit === null
        ? 'No hold-out was answered: nothing checks what the ability implies of other queries.'
        : `${misfit.held_out} random hold-outs scored ${percent(misfit.observed, 1)}; the other answers, which the design chose, imply ${percent(misfit.implied, 1)}. A gap as wide or wider comes by chance with probability ${decimal(misfit.p_value)}.`,
    ),
    h('h2', {}, 'Domains'),
    table(
      [
        { title: 'domain', numeric: false, cell: ({ domain }) => domain },
        { title: 'answers', cell: ({ answers }) => count(answers) },
        { title: 'observed', cell: ({ observed }) => percent(observed, 1) },
        { title: 'implied', cell: ({ implied }) => percent(implied, 1) },
      ],
      domains,
    ),
  );
}
