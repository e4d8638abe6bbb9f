import type { BaselineSet } from '../baselines/baseline-set.js';
import type { NamedSpace } from '../cells/seen-models.js';
import type { BenchmarkGroup } from '../plan/benchmark-groups.js';
import type { RunContext } from '../run/run-context.js';
import type { ProtocolSettings } from './settings.js';

/** One left-out group in one calibration. */
export interface Fold {
  readonly context: RunContext;
  readonly settings: ProtocolSettings;
  readonly group: BenchmarkGroup;
  readonly spaceDir: string;
  readonly paper: NamedSpace | null;
  readonly baselines: BaselineSet;
  readonly training: Uint8Array;
  readonly seen: Uint8Array;
  /** Queries that are neither learnt from nor part of the group. */
  readonly elsewhere: Uint8Array;
}
