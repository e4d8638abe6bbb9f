import type { Client } from '../stack/client.js';

const QUERIES = [
  'What is the capital of France?',
  'Prove that the square root of 2 is irrational.',
  'Write a SQL query that finds the second highest salary in each department.',
  'A train leaves at 9:40 and arrives at 13:05. How long does it take?',
  'Translate "good morning" into Portuguese.',
  'Explain the difference between a mutex and a semaphore.',
];

/** Some decisions under several policies, every third of them judged: what the pages have to show. */
export async function seedTraffic(client: Client): Promise<void> {
  const policies = ['balanced', 'max-accuracy', 'min-cost'];
  for (const [i, policy] of [...policies, ...policies].entries()) {
    const asked = await Promise.all(
      QUERIES.map((query) => client.route({ query: `${query} (${i})`, policy })),
    );
    await Promise.all(
      asked
        .filter((_, n) => n % 3 === 0)
        .map(({ decision_id, candidates: [best] }, n) =>
          client.post('/v1/feedback', {
            decision_id,
            score: n % 2 === 0 || (best?.p_correct ?? 0) > 0.8 ? 1 : 0,
            source: 'browser-test',
          }),
        ),
    );
  }
}
