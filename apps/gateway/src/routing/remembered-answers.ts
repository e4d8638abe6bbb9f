import { LRUCache } from 'lru-cache';
import { decideRoute } from './decide-route.js';
import type { RoutableModel, RouteAnswer, RouteQuestion } from './decide-route.js';

/** Each holds a forecast for every model, some 60 kB for ninety. */
const MOST_ANSWERS = 500;
/** Of a question that was asked once: its answer is kept from the second time on, for most never come again. */
const ASKED_ONCE = 'asked once';

/**
 * Answers to questions that come again: the same text, under the same policy, of the same models. An answer is
 * decideRoute()'s, which depends on its question alone; one that is kept is frozen, by which those who write it down
 * know that they need do so only once.
 */
export class RememberedAnswers {
  private readonly answers = new LRUCache<string, RouteAnswer | typeof ASKED_ONCE>({
    max: MOST_ANSWERS,
  });
  private models: readonly RoutableModel[] = [];

  /**
   * @param textHash of the text whose latents the question has.
   * @throws as decideRoute()
   */
  decide(question: RouteQuestion, textHash: string): RouteAnswer {
    if (!isPlain(question)) return decideRoute(question);
    // Models that have changed are other objects, and so is their list; latents change with the space, and so with it.
    if (question.models !== this.models) {
      this.answers.clear();
      this.models = question.models;
    }
    const name = nameOf(question, textHash);
    const known = this.answers.get(name);
    if (known !== undefined && known !== ASKED_ONCE) return known;
    const answer = decideRoute(question);
    this.answers.set(name, known === undefined ? ASKED_ONCE : frozen(answer));
    return answer;
  }
}

/** Whether nothing enters that differs from one asking to the next. */
function isPlain({ barred, budget, session, exploration }: RouteQuestion): boolean {
  return barred === undefined && !budget && !session && !exploration;
}

/** All that an answer depends on, besides the models. */
function nameOf(question: RouteQuestion, textHash: string): string {
  const { admitted, requires, maxTokens, weights, policy, constraints, scales, explain } = question;
  return JSON.stringify([
    textHash,
    policy,
    weights,
    constraints,
    scales,
    requires,
    maxTokens,
    explain,
    admitted,
  ]);
}

function frozen(answer: RouteAnswer): RouteAnswer {
  for (const candidate of answer.candidates) Object.freeze(candidate);
  Object.freeze(answer.candidates);
  Object.freeze(answer.fallbacks);
  return Object.freeze(answer);
}
