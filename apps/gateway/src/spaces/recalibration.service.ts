import { DomainError, FEWEST_RECALIBRATION_MODELS } from '@zerorouter/contracts';
import type {
  RecalibrationOptions,
  RecalibrationRequest,
  recalibrateSpace,
} from '@zerorouter/contracts';
import type { Calibration, Database } from '@zerorouter/database';
import type { JobProducer } from '@zerorouter/platform';
import { setNotFound } from '../anchors/anchor-sets.js';
import { requireSpace } from '../registry/require-space.js';

type RecalibrateProducer = JobProducer<
  typeof recalibrateSpace.payload,
  typeof recalibrateSpace.result
>;

/** Begins recalibrations; the profiler carries them out. */
export class RecalibrationService {
  constructor(
    private readonly database: Pick<Database, 'spaces' | 'anchors' | 'calibrations'>,
    private readonly producer: Pick<RecalibrateProducer, 'add'>,
  ) {}

  /** @throws DomainError `no-active-space`, `anchor-set-not-found`, `too-few-profiles`, `queue-unavailable` */
  async begin({ anchor_set, seed }: RecalibrationRequest): Promise<Calibration> {
    const { anchors, calibrations, spaces } = this.database;
    const { version } = requireSpace(await spaces.active()).manifest;
    const set = await anchors.find(anchor_set, version);
    if (set === null) throw setNotFound(anchor_set);
    const models = (await calibrations.measurements(set.id, version)).map(({ model }) => model);
    if (models.length < FEWEST_RECALIBRATION_MODELS)
      throw new DomainError(
        'too-few-profiles',
        `a recalibration needs ${FEWEST_RECALIBRATION_MODELS} models that were onboarded on the anchor set "${set.name}" in ${version}; there are ${models.length}${models.length === 0 ? '' : `: ${models.join(', ')}`}. Onboard more with "anchor_set": "${set.name}"`,
        { details: { models } },
      );
    const options: RecalibrationOptions = {
      kind: 'recalibration',
      anchor_set: set.id,
      space_version: version,
      seed,
    };
    const calibration = await calibrations.create({ dataSets: [], options: { ...options } });
    try {
      await this.producer.add({ calibrationId: calibration.id }, { jobId: calibration.id });
    } catch (error) {
      await calibrations.update(calibration.id, {
        state: 'failed',
        error: 'it could not be put into the queue',
      });
      throw error;
    }
    return calibration;
  }
}
