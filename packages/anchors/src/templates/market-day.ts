import { numericItem, type Template } from '../template.js';

const GOODS = [
  ['notebook', 'notebooks'],
  ['candle', 'candles'],
  ['plum tart', 'plum tarts'],
  ['jar of honey', 'jars of honey'],
  ['wool scarf', 'wool scarves'],
  ['seed packet', 'seed packets'],
  ['clay mug', 'clay mugs'],
  ['loaf of rye bread', 'loaves of rye bread'],
] as const;
const BUYERS = ['Ines', 'Tomasz', 'Amara', 'Joon', 'Petra', 'Malik', 'Sofia', 'Ravi'];
const money = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

export const marketDay: Template = {
  family: 'market-day',
  domain: 'word-problems',
  perLevel: 2,
  draw(level, random) {
    const buyer = random.pick(BUYERS);
    const lines = random.sample(GOODS, Math.min(level + 1, 5)).map(([one, many]) => ({
      one,
      many,
      count: random.int(2, 3 + 2 * level),
      price: random.int(3, 40) * (level < 2 ? 100 : 25),
    }));
    let cents = lines.reduce((total, line) => total + line.count * line.price, 0);
    const undiscounted = cents;
    const story = [
      `${buyer} buys ${lines.map((line) => `${line.count} ${line.many} at ${money(line.price)} each`).join(', ')}.`,
    ];
    if (level >= 3) {
      const line = lines[0] as (typeof lines)[number];
      const group = random.int(3, 4);
      const free = Math.floor(line.count / group);
      cents -= free * line.price;
      story.push(`Of every ${group} ${line.many}, one is free.`);
    }
    if (level >= 4) {
      const percent = random.pick([4, 8, 12, 20]);
      const limit = random.int(20, 60) * 100;
      story.push(
        `If what remains to be paid is more than ${money(limit)}, the part above ${money(limit)} is reduced by ${percent}%; otherwise nothing is taken off.`,
      );
      if (cents > limit) cents -= ((cents - limit) * percent) / 100;
    }
    if (level >= 5) {
      const tax = random.pick([5, 7, 10]);
      const line = lines[1] as (typeof lines)[number];
      const returned = random.int(1, Math.min(2, line.count - 1));
      story.push(
        `A sales tax of ${tax}% is then added to the amount. The next day ${buyer} brings back ${returned} of the ${line.many} and gets the list price without tax for ${returned === 1 ? 'it' : 'them'}.`,
      );
      cents = cents * (1 + tax / 100) - returned * line.price;
    }
    const paid = Math.round(cents) / 100;
    const note = Math.ceil(paid / 50) * 50 + 50;
    const asksChange = level === 2;
    const value = asksChange ? note - paid : paid;
    const ask = asksChange
      ? `${buyer} pays with ${money(note * 100)}. How much change is due?`
      : level === 5
        ? `How much has ${buyer} spent in the end, rounded to the cent?`
        : `How much does ${buyer} pay${level >= 4 ? ', rounded to the cent' : ''}?`;
    return numericItem(random, {
      question: `${story.join(' ')} ${ask}`,
      level,
      value,
      tolerance: 0.0051,
      unit: '$',
      reference: money(Math.round(value * 100)),
      slips: [
        undiscounted / 100 + (asksChange || level < 3 ? 1 : 0),
        value + 0.5,
        lines.reduce((total, line) => total + line.price, 0) / 100,
        value - 1,
      ],
      effort: lines.length * 3 + level * level,
      what: 'the amount in dollars',
    });
  },
};
