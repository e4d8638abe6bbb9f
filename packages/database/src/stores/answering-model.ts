/**
 * The model whose answer the caller got: a fallback, where the chosen one has failed. A decision for which nobody was
 * called stands for the model that it chose.
 * @returns null where models were called, and none has answered.
 */
export function answeringModel(decision: { model: string; requestStats: unknown }): string | null {
  const { answered_by: answeredBy } = decision.requestStats as { answered_by?: string | null };
  return answeredBy === undefined ? decision.model : answeredBy;
}

/** The same of decisions `d` in SQL, save that a call which nobody has answered counts for the chosen model. */
export const ANSWERING_MODEL = `coalesce(d.request_stats ->> 'answered_by', d.model)`;
