import { readdir } from 'node:fs/promises';
import { DomainError } from '@zerorouter/contracts';

/**
 * Checks that data sets are there before a job is made for them.
 * @throws DomainError `calibrations-off` without a folder, `unknown-data-set` that lists what there is.
 */
export async function checkDataSets(
  directory: string | undefined,
  names: readonly string[],
): Promise<void> {
  if (directory === undefined)
    throw new DomainError(
      'calibrations-off',
      'calibration jobs are refused: set CALIBRATION_DATA_DIR to the folder that holds the data sets',
    );
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DomainError(
      'calibrations-off',
      'the folder in CALIBRATION_DATA_DIR cannot be read: see that it exists',
      { cause },
    );
  });
  const known = entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .sort();
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new DomainError(
      'unknown-data-set',
      `there is no data set ${missing.map((name) => `"${name}"`).join(', ')}; there are: ${known.join(', ') || 'none'}`,
      { details: { dataSets: known } },
    );
}
