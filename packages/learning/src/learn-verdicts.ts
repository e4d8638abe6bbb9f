import type { ItemParameters } from '@zerorouter/latent-space';
import { observeAnswer } from './belief/assumed-density.js';
import type { Observation } from './belief/assumed-density.js';
import { forget } from './belief/forget.js';
import { guardStep } from './belief/guard-step.js';
import { watchAccuracy } from './drift/accuracy-drift.js';
import { learnLength, lengthResidual, watchLength } from './drift/length-drift.js';
import { dayOf, daysBetween } from './learning-state.js';
import type {
  LearningSettings,
  LearningState,
  LengthResidual,
  Residual,
  SourceState,
} from './learning-state.js';
import { evidenceOf, learnJudge, ratesOf } from './sources/judge.js';
import { suspicion, watchSource } from './sources/watch-source.js';
import type { Contradiction } from './sources/watch-source.js';

/** What somebody said of one answer. */
export interface Verdict {
  readonly id: string;
  readonly decision: string;
  readonly source: string;
  /** ms since 1970. */
  readonly at: number;
  readonly score: number;
  readonly item: ItemParameters;
  /** E[log output tokens] of the query, before the model's own offset. */
  readonly logOutputTokens: number;
  /** Tokens of the answer; null where nobody has told. */
  readonly outputTokens: number | null;
  /** A person has vouched for it: its source is not watched over it. */
  readonly vouched: boolean;
}

/** A verdict that was learnt before. */
export interface EarlierVerdict {
  readonly source: string;
  readonly score: number;
}

/** What people should look at. */
export type Alarm =
  | { kind: 'drift'; direction: 'worse' | 'better'; residuals: readonly Residual[] }
  | { kind: 'length-drift'; direction: 'longer' | 'shorter'; residuals: readonly LengthResidual[] }
  | {
      kind: 'quarantine';
      source: string;
      contradiction: Contradiction;
      residuals: readonly Residual[];
    };

export interface Learnt {
  readonly state: LearningState;
  /** All of them, changed or not. */
  readonly sources: ReadonlyMap<string, SourceState>;
  readonly settled: readonly { readonly id: string; readonly as: 'learned' | 'quarantined' }[];
  readonly alarms: readonly Alarm[];
}

const KEPT_RESIDUALS = 50;

/**
 * Learns from verdicts on one model's answers, one after the other: how they are cut into batches makes no difference.
 * A quarantined source's verdicts change nothing.
 * @param verdicts in order of creation.
 * @param sources every source that is named in `verdicts` and `earlier`.
 * @param earlier learnt verdicts by the decision that they are on; complete for the decisions of `verdicts`.
 */
export function learnVerdicts(
  start: LearningState,
  verdicts: readonly Verdict[],
  sources: ReadonlyMap<string, SourceState>,
  earlier: ReadonlyMap<string, readonly EarlierVerdict[]>,
  settings: LearningSettings,
): Learnt {
  const known = new Map(sources);
  const learnt = new Map(earlier);
  const settled: { id: string; as: 'learned' | 'quarantined' }[] = [];
  const alarms: Alarm[] = [];
  let state = start;
  for (const verdict of verdicts) {
    const source = known.get(verdict.source)!;
    const others = (learnt.get(verdict.decision) ?? []).filter(
      (other) => !isSuspect(known.get(other.source)!, settings),
    );
    const rested = rest(state, verdict.at, settings);
    const seen = observe(rested, verdict, source, others, known);
    const judged = source.quarantined
      ? { source, contradiction: null }
      : judge(source, verdict, seen, others.length > 0, settings);
    known.set(verdict.source, judged.source);
    if (judged.contradiction !== null)
      alarms.push({
        kind: 'quarantine',
        source: verdict.source,
        contradiction: judged.contradiction,
        residuals: [...state.residuals, residualOf(verdict, seen)].filter(
          (residual) => residual.source === verdict.source,
        ),
      });
    if (judged.source.quarantined) {
      settled.push({ id: verdict.id, as: 'quarantined' });
      continue;
    }
    if (others.length === 1) judgeOther(known, others[0], verdict, rested, source);
    state = move(rested, verdict, seen, settings);
    state = watchDrift(state, verdict, seen, others.length === 0, alarms);
    learnt.set(verdict.decision, [...(learnt.get(verdict.decision) ?? []), verdict]);
    settled.push({ id: verdict.id, as: 'learned' });
  }
  return { state, sources: known, settled, alarms };
}

/** Half-way to being accused, its word accuses nobody. */
function isSuspect({ watch, quarantined }: SourceState, { sourceThreshold }: LearningSettings) {
  return quarantined || suspicion(watch) > sourceThreshold / 2;
}

/** Time passes: the belief widens, a new day may begin. */
function rest(state: LearningState, at: number, settings: LearningSettings): LearningState {
  const ability = forget(state.ability, daysBetween(state.at, at), settings.forgetting);
  const day = Math.max(state.day, dayOf(at));
  return {
    ...state,
    ability,
    at: Math.max(state.at, at),
    day,
    dayStart: day > state.day ? ability : state.dayStart,
  };
}

function observe(
  { ability }: LearningState,
  { item, score }: Verdict,
  source: SourceState,
  others: readonly EarlierVerdict[],
  sources: ReadonlyMap<string, SourceState>,
): Observation {
  const evidence = others.reduce(
    (sum, other) => sum + evidenceOf(ratesOf(sources.get(other.source)!.judge), other.score),
    0,
  );
  return observeAnswer(ability, { item, score, judge: ratesOf(source.judge), evidence });
}

/** What a verdict tells of the one who gave it. */
function judge(
  source: SourceState,
  { score, vouched }: Verdict,
  { expectedScore, probability }: Observation,
  compared: boolean,
  { sourceThreshold }: LearningSettings,
): { source: SourceState; contradiction: Contradiction | null } {
  const { watch, contradiction } = vouched
    ? { watch: source.watch, contradiction: null }
    : watchSource(source.watch, score, expectedScore, sourceThreshold);
  return {
    source: {
      judge: compared ? learnJudge(source.judge, score, probability) : source.judge,
      watch,
      quarantined: contradiction !== null,
    },
    contradiction,
  };
}

/** The first verdict on an answer had nothing to be compared with: the second one is compared with it both ways. */
function judgeOther(
  sources: Map<string, SourceState>,
  first: EarlierVerdict,
  second: Verdict,
  { ability }: LearningState,
  secondSource: SourceState,
): void {
  const other = sources.get(first.source)!;
  const evidence = evidenceOf(ratesOf(secondSource.judge), second.score);
  const { probability } = observeAnswer(ability, {
    item: second.item,
    score: first.score,
    judge: ratesOf(other.judge),
    evidence,
  });
  sources.set(first.source, { ...other, judge: learnJudge(other.judge, first.score, probability) });
}

function move(
  state: LearningState,
  verdict: Verdict,
  seen: Observation,
  { limits }: LearningSettings,
): LearningState {
  const { belief } = guardStep(state.ability, seen.belief, state.dayStart, limits);
  return {
    ...state,
    ability: belief,
    residuals: [...state.residuals, residualOf(verdict, seen)].slice(-KEPT_RESIDUALS),
  };
}

/** @param first whether it is the first verdict on its answer: an answer counts once. */
function watchDrift(
  state: LearningState,
  verdict: Verdict,
  { expectedScore }: Observation,
  first: boolean,
  alarms: Alarm[],
): LearningState {
  if (!first) return state;
  const accuracy = watchAccuracy(state.accuracyDrift, verdict.score, expectedScore);
  if (accuracy.alarm !== null)
    alarms.push({ kind: 'drift', direction: accuracy.alarm, residuals: state.residuals });
  const next = { ...state, accuracyDrift: accuracy.drift };
  const { outputTokens, logOutputTokens, decision, at } = verdict;
  if (outputTokens === null || state.length === null) return next;
  const residual = lengthResidual(outputTokens, logOutputTokens, state.length);
  const lengthResiduals = [
    ...state.lengthResiduals,
    { decision, at, tokens: outputTokens, residual },
  ].slice(-KEPT_RESIDUALS);
  const length = watchLength(state.lengthDrift, residual);
  if (length.alarm !== null)
    alarms.push({ kind: 'length-drift', direction: length.alarm, residuals: lengthResiduals });
  return {
    ...next,
    length: learnLength(state.length, outputTokens, logOutputTokens),
    lengthDrift: length.drift,
    lengthResiduals,
  };
}

function residualOf({ decision, source, at, score }: Verdict, seen: Observation): Residual {
  return { decision, source, at, score, expected: seen.expectedScore };
}
