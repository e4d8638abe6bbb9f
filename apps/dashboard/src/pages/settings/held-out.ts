import { recalibrationFiguresSchema } from '@zerorouter/contracts';
import type { Space } from '@zerorouter/contracts';

/** One line of a space's figures on what it did not learn from. */
export interface HeldOutRow {
  /** What it was judged on. */
  on: string;
  /** Log-loss over all answers; of the baseline, where there is one. */
  logLoss: number | null;
  baseline: number | null;
  /** Area under the ROC curve. */
  auc: number | null;
}

/** The figures of a calibration (all, source by source, and away from home) or of a recalibration. */
export function heldOutRows({ manifest: { heldOut } }: Pick<Space, 'manifest'>): HeldOutRow[] {
  const judged = recalibrationFiguresSchema.safeParse(heldOut['recalibration']);
  if (judged.success) {
    const { before, after, anchors } = judged.data;
    return [
      {
        on: `${anchors} held-out anchors`,
        logLoss: after.logLoss,
        baseline: before.logLoss,
        auc: after.auc,
      },
    ];
  }
  const away = heldOut['away'];
  return [
    toRow('all sources', heldOut),
    ...sources(heldOut['bySource']),
    ...(isRecord(away) ? [toRow('a source that was left out', away)] : []),
  ].filter(({ logLoss, auc }) => logLoss !== null || auc !== null);
}

function sources(value: unknown): HeldOutRow[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([name, figures]) =>
    toRow(name, isRecord(figures) ? figures : {}),
  );
}

function toRow(on: string, figures: Record<string, unknown>): HeldOutRow {
  return {
    on,
    logLoss: number(figures['logLoss']),
    baseline: number(figures['baselineLogLoss']),
    auc: number(figures['auc']),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const number = (value: unknown) => (typeof value === 'number' ? value : null);
