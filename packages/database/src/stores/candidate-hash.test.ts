import { describe, expect, it } from '@jest/globals';
import type { RouteResponse } from '@zerorouter/contracts';
import { hashCandidates } from './candidate-hash.js';

type Candidate = RouteResponse['candidates'][number];

const candidate: Candidate = {
  model: 'a',
  p_correct: 0.75,
  interval: [0.5, 0.875],
  cost_usd: 0.01,
  latency_ms: 20,
  output_tokens: 3,
  utility: 0.5,
};
/** The next double. */
const nudged = (value: number) => value * (1 + Number.EPSILON);

describe('hashCandidates', () => {
  it('differs when anything of a candidate does, by its last bit or by being unknown', () => {
    const changes: Partial<Candidate>[] = [
      { model: 'b' },
      { p_correct: nudged(0.75) },
      { interval: [nudged(0.5), 0.875] },
      { interval: [0.5, nudged(0.875)] },
      { cost_usd: nudged(0.01) },
      { cost_usd: null },
      { latency_ms: nudged(20) },
      { latency_ms: null },
      { output_tokens: nudged(3) },
      { output_tokens: null },
      { utility: nudged(0.5) },
      { utility: null },
      { excluded: 'too dear' },
    ];
    const hashes = changes.map((change) => hashCandidates([{ ...candidate, ...change }]));
    expect(new Set([hashCandidates([candidate]), ...hashes]).size).toBe(changes.length + 1);
    expect(hashCandidates([{ ...candidate }])).toBe(hashCandidates([candidate]));
  });

  it('differs by order and number', () => {
    const other = { ...candidate, model: 'b' };
    const lists = [[], [candidate], [candidate, other], [other, candidate]];
    expect(new Set(lists.map(hashCandidates)).size).toBe(lists.length);
  });
});
