import { describe, expect, it } from '@jest/globals';
import { ANCHOR_DOMAINS } from './anchor.js';
import { drawAnchors } from './draw-anchors.js';
import { graderSchema } from './graders/grader-schema.js';

const shipped = drawAnchors({ seed: 1 });
const share = (a: readonly string[], b: readonly string[]): number => {
  const known = new Set(b);
  return a.filter((text) => known.has(text)).length / a.length;
};

describe('the shipped set', () => {
  it('has over 300 items over every domain but the judged one, at every level', () => {
    expect(shipped.length).toBeGreaterThan(400);
    for (const domain of ANCHOR_DOMAINS.filter((name) => name !== 'writing')) {
      const levels = new Set(shipped.filter((a) => a.domain === domain).map((a) => a.level));
      expect([...levels].sort()).toEqual([1, 2, 3, 4, 5]);
    }
  });

  it('asks nothing twice and names everything once', () => {
    expect(new Set(shipped.map((anchor) => anchor.text)).size).toBe(shipped.length);
    expect(new Set(shipped.map((anchor) => anchor.id)).size).toBe(shipped.length);
  });

  it('survives a round trip through JSON and the schema', () => {
    for (const anchor of shipped) {
      const stored: unknown = JSON.parse(JSON.stringify(anchor.grader));
      expect(graderSchema.parse(stored)).toEqual(anchor.grader);
    }
  });

  it('never gives its answer away at the end of the prompt', () => {
    for (const { text, referenceAnswer } of shipped.filter((a) => a.referenceAnswer.length > 3)) {
      expect(text.split('\n').at(-1)).not.toContain(referenceAnswer);
    }
  });
});

describe('drawAnchors', () => {
  it('is a function of the seed', () => {
    expect(drawAnchors({ seed: 1 })).toEqual(shipped);
    expect(drawAnchors({ seed: 7, domains: ['logic'] })).toEqual(
      drawAnchors({ seed: 7, domains: ['planning', 'logic'] }).filter((a) => a.domain === 'logic'),
    );
  });

  it('gives fresh items for another seed', () => {
    const generated = (seed: number): string[] =>
      drawAnchors({ seed })
        .filter((anchor) => anchor.grader.kind !== 'choice')
        .map((anchor) => anchor.text);
    const first = generated(1);
    for (const seed of [2, 3, -5, 2 ** 40])
      expect(share(generated(seed), first)).toBeLessThan(0.03);
  });

  it('keeps an id for the same item, whatever it is drawn with', () => {
    const few = drawAnchors({ seed: 1, domains: ['algebra'], levels: [2, 5] });
    const wide = drawAnchors({ seed: 1, copies: 3, domains: ['logic', 'algebra'] }).filter((a) =>
      few.some((b) => a.id === b.id),
    );
    expect(few.length).toBeGreaterThan(3);
    expect(wide).toEqual(few);
  });

  it('draws more of the generated families on demand, and asks no question twice', () => {
    const many = drawAnchors({ seed: 9, copies: 4 });
    expect(many.length).toBeGreaterThan(1_500);
    expect(new Set(many.map((anchor) => anchor.text)).size).toBe(many.length);
  });

  it('adds what needs a judge only when asked to', () => {
    expect(shipped.some((anchor) => anchor.grader.kind === 'judge')).toBe(false);
    const judged = drawAnchors({ seed: 1, judged: true, domains: ['writing'] });
    expect(judged.length).toBeGreaterThan(4);
    expect(judged.every((anchor) => anchor.grader.kind === 'judge')).toBe(true);
  });

  it('refuses seeds and counts that mean nothing', () => {
    expect(() => drawAnchors({ seed: 1.5 })).toThrow(RangeError);
    expect(() => drawAnchors({ seed: NaN })).toThrow(RangeError);
    expect(() => drawAnchors({ seed: 1, copies: 0 })).toThrow(RangeError);
  });
});
