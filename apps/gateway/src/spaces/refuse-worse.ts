import { isDeepStrictEqual } from 'node:util';
import { DomainError, recalibrationFiguresSchema } from '@zerorouter/contracts';
import type { SpaceManifest } from '@zerorouter/contracts';

/**
 * Refuses a draft that is known to forecast worse. Figures are compared where they are of the same
 * answers: a recalibration was judged against the space that it was made from, and two calibrations of the
 * same data sets each on all of them. Log-loss decides; the area under the curve does where its whole
 * interval is on the wrong side.
 * @throws DomainError `worse-than-active`
 */
export function refuseWorse(draft: SpaceManifest, active: SpaceManifest | null): void {
  const recalibration = recalibrationFiguresSchema.safeParse(draft.heldOut['recalibration']);
  if (recalibration.success) {
    const { before, after, change, anchorSet } = recalibration.data;
    const on = `held-out answers to the anchor set "${anchorSet}"`;
    if (after.logLoss > before.logLoss)
      throw worse(`log-loss ${after.logLoss} against ${before.logLoss} on ${on}`, draft);
    if ((change.auc?.interval?.[1] ?? 0) < 0)
      throw worse(`area under the curve ${after.auc} against ${before.auc} on ${on}`, draft);
    return;
  }
  if (active === null || !isDeepStrictEqual(draft.provenance.dataSets, active.provenance.dataSets))
    return;
  const [own, other] = [draft.heldOut['logLoss'], active.heldOut['logLoss']];
  if (typeof own === 'number' && typeof other === 'number' && own > other)
    throw worse(`log-loss ${own} against ${other} on held-out answers of the same data`, draft);
}

function worse(why: string, { version }: SpaceManifest): DomainError {
  return new DomainError(
    'worse-than-active',
    `${version} forecasts worse than what it would replace: ${why}. Keep the active space, or send {"force": true}`,
    { details: { version } },
  );
}
