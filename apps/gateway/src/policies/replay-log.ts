import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Database, JudgedDecision, ProfileVersionKey } from '@zerorouter/database';
import { withGuarantee } from '@zerorouter/optimizer';
import type { HardConstraints, UtilityWeights } from '@zerorouter/optimizer';
import { replayPolicy } from './replay-policy.js';
import type { ReplayedPolicy } from './replay-policy.js';

export interface ReplayedLog {
  readonly replayed: readonly ReplayedPolicy[];
  readonly undecided: number;
  readonly unknown: number;
}

/** Judged decisions as a policy would have made them, each in the space and with the profiles of its time. */
export async function replayLog(
  database: Pick<Database, 'policyEvidence' | 'spaces'>,
  judged: readonly JudgedDecision[],
  { weights, constraints }: { weights: UtilityWeights; constraints: HardConstraints },
): Promise<ReplayedLog> {
  const replayed: ReplayedPolicy[] = [];
  const left = { undecided: 0, unknown: 0 };
  const versions = [...new Set(judged.map(({ decision }) => decision.spaceVersion))];
  for (const version of versions) {
    const own = judged.filter(({ decision }) => decision.spaceVersion === version);
    const space = await database.spaces.get(version);
    if (space === null) {
      left.unknown += own.length;
      continue;
    }
    const { referenceScales, guarantee } = space.manifest;
    const terms = {
      weights,
      constraints: withGuarantee(constraints, guarantee),
      scales: { costUsd: referenceScales.c_ref, latencyS: referenceScales.T_ref },
    };
    const profiles = await database.policyEvidence.profilesAt(
      version,
      new Set(own.flatMap(({ decision }) => keysOf(decision.profileVersions))),
    );
    for (const entry of own) {
      const models = keysOf(entry.decision.profileVersions)
        .flatMap((key) => profiles.get(key) ?? [])
        .sort((a, b) => (a.model < b.model ? -1 : 1))
        .map((profile) => ({ profile, admittedAs: profile.model }));
      const outcome = replayPolicy(entry, models, terms);
      if (typeof outcome === 'string') left[outcome]++;
      else replayed.push(outcome);
      // Live requests share this thread.
      await yieldToOthers();
    }
  }
  return { replayed, ...left };
}

function keysOf(profileVersions: Readonly<Record<string, number>>): ProfileVersionKey[] {
  return Object.entries(profileVersions).map(
    ([model, version]): ProfileVersionKey => `${model}@${version}`,
  );
}
