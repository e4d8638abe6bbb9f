import type { Template } from '../template.js';
import { attributeGrid } from './attribute-grid.js';
import { baseConversion } from './base-conversion.js';
import { calendarSteps } from './calendar-steps.js';
import { cheapestRoute } from './cheapest-route.js';
import { clockZones } from './clock-zones.js';
import { codeListPipeline } from './code-list-pipeline.js';
import { codeSearch } from './code-search.js';
import { codeTextCodec } from './code-text-codec.js';
import { composedFunctions } from './composed-functions.js';
import { constrainedText } from './constrained-text.js';
import { diceEvents } from './dice-events.js';
import { everydayReasoning } from './everyday-reasoning.js';
import { explainIdea } from './explain-idea.js';
import { formatCode } from './format-code.js';
import { formulaPhysics } from './formula-physics.js';
import { fractionSum } from './fraction-sum.js';
import { generalKnowledge } from './general-knowledge.js';
import { gridRobot } from './grid-robot.js';
import { integerExpression } from './integer-expression.js';
import { integerRoots } from './integer-roots.js';
import { inventedLanguage } from './invented-language.js';
import { jsArrayPipeline } from './js-array-pipeline.js';
import { jsLoopTrace } from './js-loop-trace.js';
import { jsRecursion } from './js-recursion.js';
import { jsSemantics } from './js-semantics.js';
import { latticePolygon } from './lattice-polygon.js';
import { letterWork } from './letter-work.js';
import { lineOrder } from './line-order.js';
import { linearSystem } from './linear-system.js';
import { listEdits } from './list-edits.js';
import { logReport } from './log-report.js';
import { marketDay } from './market-day.js';
import { modularPower } from './modular-power.js';
import { movingObjects } from './moving-objects.js';
import { nextTerm } from './next-term.js';
import { numberWords } from './number-words.js';
import { orderMessage } from './order-message.js';
import { paintedBlock } from './painted-block.js';
import { passageQuestions } from './passage-questions.js';
import { patternWait } from './pattern-wait.js';
import { quantityChain } from './quantity-chain.js';
import { rewritingRule } from './rewriting-rule.js';
import { scienceFacts } from './science-facts.js';
import { sentenceChoice } from './sentence-choice.js';
import { sharedWork } from './shared-work.js';
import { shiftCipher } from './shift-cipher.js';
import { stoichiometry } from './stoichiometry.js';
import { tableJoin } from './table-join.js';
import { tableQuery } from './table-query.js';
import { taskSchedule } from './task-schedule.js';
import { timelinePassage } from './timeline-passage.js';
import { toolCall } from './tool-call.js';
import { toolSequence } from './tool-sequence.js';
import { truthTellers } from './truth-tellers.js';
import { unitChain } from './unit-chain.js';
import { urnDraws } from './urn-draws.js';
import { wordSorting } from './word-sorting.js';

/** Families that need no judge, grouped by domain. */
export const TEMPLATES: readonly Template[] = [
  ...[integerExpression, modularPower, fractionSum, baseConversion],
  ...[linearSystem, composedFunctions, integerRoots],
  ...[latticePolygon, paintedBlock],
  ...[urnDraws, diceEvents, patternWait],
  ...[marketDay, sharedWork, quantityChain],
  ...[lineOrder, truthTellers, attributeGrid],
  ...[nextTerm, rewritingRule],
  ...[gridRobot, cheapestRoute, taskSchedule],
  ...[jsLoopTrace, jsArrayPipeline, jsRecursion, jsSemantics],
  ...[codeListPipeline, codeTextCodec, codeSearch],
  ...[orderMessage, logReport],
  ...[tableQuery, tableJoin],
  ...[constrainedText, formatCode, listEdits],
  ...[movingObjects, timelinePassage, passageQuestions],
  ...[scienceFacts, formulaPhysics, stoichiometry],
  ...[generalKnowledge, everydayReasoning],
  ...[unitChain, calendarSteps, clockZones],
  ...[toolCall, toolSequence],
  ...[numberWords, inventedLanguage, sentenceChoice],
  ...[letterWork, shiftCipher, wordSorting],
];

export const JUDGED_TEMPLATES: readonly Template[] = [explainIdea];
