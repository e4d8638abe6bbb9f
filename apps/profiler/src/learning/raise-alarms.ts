import type { AlertStore, JsonObject, LearningBatch, LearningResult } from '@zerorouter/database';
import type { Alarm } from '@zerorouter/learning';

/** Tells people what learning has noticed, with the evidence. Safe to run twice: one alert of a kind is open at a time. */
export async function raiseAlarms(
  alerts: Pick<AlertStore, 'create'>,
  batch: LearningBatch,
  { sources }: LearningResult,
  alarms: readonly Alarm[],
): Promise<void> {
  for (const alarm of alarms) {
    const name = (id: string) => batch.sources.find((source) => source.id === id)?.name ?? id;
    const reason = (id: string) => sources.find((source) => source.id === id)?.quarantine ?? '';
    await alerts.create({
      ...describe(alarm, batch, name, reason),
      modelId: batch.modelId,
      evidence: plain({ space_version: batch.spaceVersion, ...alarm }),
    });
  }
}

function describe(
  alarm: Alarm,
  { modelId, profile: { model } }: LearningBatch,
  name: (source: string) => string,
  reason: (source: string) => string,
): { kind: string; message: string } {
  const measureAgain = `POST /admin/v1/models/${modelId}/onboardings measures it again`;
  switch (alarm.kind) {
    case 'drift':
      return {
        kind: 'drift',
        message: `${model} answers ${alarm.direction} than its profile says, beyond chance: ${measureAgain}`,
      };
    case 'length-drift':
      return {
        kind: 'length-drift',
        message: `answers of ${model} have become ${alarm.direction} than its profile says, and its predicted costs are off: ${measureAgain}`,
      };
    case 'quarantine':
      return {
        // One of a kind is open for a model: two sources are two kinds.
        kind: `feedback-quarantine:${alarm.source}`,
        message: `feedback of the source "${name(alarm.source)}" is not learnt any more: ${reason(alarm.source)}. POST /admin/v1/feedback-sources/${alarm.source}/release trusts it again`,
      };
  }
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
