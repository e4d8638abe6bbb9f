import { useQuery } from '@tanstack/react-query';
import { savingsReportSchema } from '@zerorouter/contracts';
import type { SavingsReportView } from '@zerorouter/contracts';
import { get } from '../../api/client.js';
import { toApiError } from '../../api/problem.js';
import { Stat } from '../../components/stat.js';
import { formatPercent, formatUsd } from '../../format/format.js';
import { periodUntilNow } from './use-overview.js';
import type { PeriodName } from './use-overview.js';

/** What the router saved beside the baseline: on what calls have cost where that is known, else predicted. */
export function SavingsStat({ period }: { period: PeriodName }) {
  const { data, error } = useQuery({
    queryKey: ['savings', period],
    queryFn: ({ signal }) =>
      get('/admin/v1/reports/savings', savingsReportSchema, {
        query: { ...periodUntilNow(period), group_by: 'day' },
        signal,
      }),
  });
  const { value, note } = error === null ? describe(data) : failed(error);
  return <Stat label="Saved against the baseline" value={value} note={note} />;
}

function describe(report: SavingsReportView | undefined): { value: string; note?: string } {
  if (report === undefined) return { value: '…' };
  const { predicted = null, realised = null } = report.total?.saving ?? {};
  const saving = realised ?? predicted;
  if (saving === null)
    return {
      value: formatUsd(null),
      note:
        report.baseline_model === null
          ? 'no baseline: set BASELINE_MODEL'
          : `nothing to compare with ${report.baseline_model} yet`,
    };
  const share = saving.saving_share === null ? '' : `${formatPercent(saving.saving_share, 0)} of `;
  const kind = saving === realised ? 'by real cost' : 'predicted';
  return {
    value: formatUsd(saving.saving_usd),
    note: `${kind}: ${share}${formatUsd(saving.baseline_usd)}${report.baseline_model === null ? '' : ` with ${report.baseline_model}`}`,
  };
}

/** A gateway of another version may not know this report: the rest of the page stands without it. */
function failed(error: unknown): { value: string; note: string } {
  const { status, what } = toApiError(error);
  return { value: formatUsd(null), note: status === 404 ? 'not reported by this gateway' : what };
}
