import { Prisma } from '../generated/client.js';
import { ANSWERING_MODEL } from './answering-model.js';

/**
 * What each judged answer was worth: an administrator's grade of the model that answered where there is one, and
 * else the mean of the feedback of sources that are trusted. Rows (decision_id, score, at).
 * @param which condition on the decisions `d`.
 */
export function judgedAnswers(which: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT DISTINCT ON (decision_id) decision_id, score, at FROM (
      SELECT l.decision_id, l.score, l.created_at AS at, 0 AS precedence
      FROM labels l
      JOIN decisions d ON d.id = l.decision_id
      JOIN models m ON m.id = l.model_id AND m.name = ${Prisma.raw(ANSWERING_MODEL)}
      WHERE ${which}
      UNION ALL
      SELECT f.decision_id, avg(f.score), min(f.created_at), 1
      FROM feedback f
      JOIN decisions d ON d.id = f.decision_id
      WHERE f.state IN ('pending', 'learned') AND ${which}
      GROUP BY f.decision_id
    ) judgements
    ORDER BY decision_id, precedence`;
}
