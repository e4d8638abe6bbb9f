import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from './random-numbers.js';

export const SUBJECTS = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu', 'hen'];
export const QUERIES = 160;

/** Writes outcomes from a one-dimensional response model as a data set; harder queries are also longer to read. */
export function writeDataSet(folder: string): void {
  const random = randomNumbers(20_240_501);
  const queries: string[] = [];
  const rows = ['query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s'];
  for (let i = 0; i < QUERIES; i += 1) {
    const difficulty = (i % 16) / 4 - 2;
    const hard = 'Consider the residues of the polynomial over the finite field. ';
    queries.push(
      JSON.stringify({
        id: `q${i}`,
        benchmark: i % 2 === 0 ? 'sums' : 'proofs',
        text: `Question ${i}: what is ${i} plus ${i * 3}? ${hard.repeat(i % 16)}`,
      }),
    );
    SUBJECTS.forEach((model, m) => {
      const ability = (m - 3.5) / 2;
      const correct = random() < 1 / (1 + Math.exp(difficulty - ability)) ? 1 : 0;
      rows.push(`q${i},${model},${correct},${60 + i},${100 + 10 * m},${0.0001 * (m + 1)},0.8`);
    });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'queries.jsonl'), `${queries.join('\n')}\n`);
  writeFileSync(join(folder, 'outcomes.csv'), `${rows.join('\n')}\n`);
}
