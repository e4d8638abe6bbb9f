import type { CalibrationView } from '@zerorouter/contracts';
import type { Calibration } from '@zerorouter/database';

export function viewCalibration(calibration: Calibration): CalibrationView {
  return {
    id: calibration.id,
    state: calibration.state,
    data_sets: calibration.dataSets,
    options: calibration.options,
    progress: calibration.progress,
    error: calibration.error,
    space_version: calibration.spaceVersion,
    created_at: calibration.createdAt.toISOString(),
    updated_at: calibration.updatedAt.toISOString(),
  };
}
