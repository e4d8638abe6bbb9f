import { numericItem, type Template } from '../template.js';

const SHAPES = {
  1: { terms: 2, denominators: [2, 4, 8] },
  2: { terms: 2, denominators: [2, 3, 4, 5, 6] },
  3: { terms: 3, denominators: [3, 4, 5, 6, 8, 9] },
  4: { terms: 4, denominators: [5, 6, 7, 8, 9, 11, 12] },
  5: { terms: 6, denominators: [7, 9, 11, 12, 13, 14, 15, 17] },
} as const;

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

export const fractionSum: Template = {
  family: 'fraction-sum',
  domain: 'arithmetic',
  perLevel: 1,
  draw(level, random) {
    const { terms, denominators } = SHAPES[level];
    let top = 0;
    let bottom = 1;
    let naiveTop = 0;
    let naiveBottom = 0;
    let text = '';
    for (let i = 0; i < terms; i++) {
      const denominator = random.pick(denominators);
      const numerator = random.int(1, denominator - 1);
      const sign = i > 0 && random.chance(0.4) ? -1 : 1;
      text += `${i === 0 ? '' : sign < 0 ? ' - ' : ' + '}${numerator}/${denominator}`;
      top = top * denominator + sign * numerator * bottom;
      bottom *= denominator;
      const divisor = gcd(top, bottom) || 1;
      [top, bottom] = [top / divisor, bottom / divisor];
      naiveTop += sign * numerator;
      naiveBottom += denominator;
    }
    if (top === 0) return fractionSum.draw(level, random);
    const question = random.pick([
      `What is ${text}? Give a fraction, or a decimal rounded to four places.`,
      `Simplify ${text} to a single fraction (a decimal with four places is fine too).`,
      `Add up: ${text}. A fraction or a decimal rounded to four places will do.`,
    ]);
    return numericItem(random, {
      question,
      level,
      value: top / bottom,
      tolerance: 6e-5,
      reference: bottom === 1 ? `${top}` : `${top}/${bottom}`,
      slips: [naiveTop / naiveBottom, (top + 1) / bottom, bottom / (top || 1)],
      effort: terms * denominators.length * 2,
      what: 'the result',
    });
  },
};
