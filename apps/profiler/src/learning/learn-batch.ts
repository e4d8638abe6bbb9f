import type { LearningBatch, LearningResult, LearningSource } from '@zerorouter/database';
import { learnVerdicts, newSource, startLearning } from '@zerorouter/learning';
import type {
  Alarm,
  EarlierVerdict,
  LearningSettings,
  LearningState,
  SourceState,
} from '@zerorouter/learning';

/** What becomes of a batch of feedback: what to store, and what people should look at. */
export function learnBatch(
  batch: LearningBatch,
  settings: LearningSettings,
): { result: LearningResult; alarms: readonly Alarm[] } {
  const { profile, sources, verdicts } = batch;
  const start =
    (batch.state as LearningState | null) ?? startLearning(profile, batch.profiledAt.getTime());
  const earlier = new Map<string, EarlierVerdict[]>();
  for (const { decisionId, sourceId, score } of batch.earlier)
    earlier.set(decisionId, [...(earlier.get(decisionId) ?? []), { source: sourceId, score }]);
  const learnt = learnVerdicts(
    start,
    verdicts.map(({ latents, ...verdict }) => ({
      id: verdict.id,
      decision: verdict.decisionId,
      source: verdict.sourceId,
      at: verdict.createdAt.getTime(),
      score: verdict.score,
      item: latents,
      logOutputTokens: latents.logOutputTokens,
      outputTokens: verdict.outputTokens,
      vouched: verdict.vouched,
    })),
    new Map(sources.map((source) => [source.id, stateOf(source, settings)])),
    earlier,
    settings,
  );
  const { state, alarms } = learnt;
  return {
    result: {
      profile: {
        ...profile,
        ability: { mean: [...state.ability.mean], covariance: [...state.ability.covariance] },
        length: learntLength(profile.length, state.length),
      },
      state,
      sources: [...learnt.sources].map(([id, source]) => ({
        id,
        state: source,
        quarantine: reasonOf(id, alarms),
      })),
      settled: learnt.settled,
    },
    alarms,
  };
}

function stateOf({ state, quarantined }: LearningSource, settings: LearningSettings): SourceState {
  const known = (state as SourceState | null) ?? newSource(settings);
  return { ...known, quarantined };
}

/** The offset is what is learnt; the rest stays as it was measured. */
function learntLength(
  before: LearningBatch['profile']['length'],
  after: LearningState['length'],
): LearningBatch['profile']['length'] {
  if (before === null || after === null) return before;
  return { ...before, offset: after.offset, offsetVariance: after.offsetVariance };
}

const SAID = {
  harsh: 'far harsher than the model and other sources imply',
  kind: 'far kinder than the model and other sources imply',
  coin: 'no better than a coin: it does not follow how hard queries are',
};

function reasonOf(id: string, alarms: readonly Alarm[]): string | null {
  for (const alarm of alarms)
    if (alarm.kind === 'quarantine' && alarm.source === id)
      return `its feedback is ${SAID[alarm.contradiction]}, beyond chance`;
  return null;
}
