import type { Database } from '@zerorouter/database';
import type { Config, Logger } from '@zerorouter/platform';
import type { Registry } from '../registry/registry.js';
import { AdmissionService } from './admission.service.js';
import { KeyBudgets } from './key-budgets.js';

/** Puts together what holds callers to the limits of their keys. */
export function openAdmission(
  config: Pick<Config, 'DEFAULT_POLICY' | 'KEY_RESERVATION_MS'>,
  logger: Logger,
  { keyRates, keySpends }: Pick<Database, 'keyRates' | 'keySpends'>,
  registry: Pick<Registry, 'current'>,
): AdmissionService {
  const budgets = new KeyBudgets(keySpends, { reservationMs: config.KEY_RESERVATION_MS, logger });
  return new AdmissionService(keyRates, budgets, {
    defaultPolicy: config.DEFAULT_POLICY,
    modelNames: () => registry.current.candidates.map(({ profile }) => profile.model),
  });
}
