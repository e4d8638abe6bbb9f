import { formatNumber, numericItem, type Template } from '../template.js';
import type { Random } from '../random.js';

interface Problem {
  question: string;
  value: number;
  unit: string;
  slips: number[];
  effort: number;
  /** The question's own quantity: for a mere conversion it is equal, and still no answer. */
  restated?: string;
}

function problem(level: number, random: Random): Problem {
  switch (level) {
    case 1: {
      const [from, to, factor] = random.pick([
        ['km', 'm', 1000],
        ['kg', 'g', 1000],
        ['h', 'min', 60],
        ['m', 'cm', 100],
        ['l', 'ml', 1000],
      ] as const);
      const amount = random.int(2, 40);
      return {
        question: `How many ${to} are ${amount} ${from}?`,
        value: amount * factor,
        unit: to,
        slips: [amount / factor, amount * factor * 10],
        effort: 2,
        restated: `${amount} ${from}`,
      };
    }
    case 2: {
      const speed = random.int(5, 40) * 18;
      const [h, m, s] = [random.int(1, 5), random.int(1, 59), random.int(1, 59)];
      return random.pick([
        {
          question: `Convert ${speed} km/h to m/s.`,
          value: speed / 3.6,
          unit: 'm/s',
          slips: [speed * 3.6, speed / 36],
          effort: 5,
          restated: `${speed} km/h`,
        },
        {
          question: `How many seconds are ${h} h ${m} min ${s} s?`,
          value: h * 3600 + m * 60 + s,
          unit: 's',
          slips: [h * 60 + m + s, h * 3600 + m * 60],
          effort: 6,
          restated: `${h} h ${m} min ${s} s`,
        },
      ]);
    }
    case 3: {
      const [length, width, depth] = [random.int(8, 40), random.int(40, 300), random.int(4, 30)];
      const value = length * (width / 100) * (depth / 1000) * 1000;
      return {
        question: `A path ${length} m long and ${width} cm wide is covered with gravel ${depth} mm deep. How many litres of gravel are needed?`,
        value,
        unit: 'l',
        slips: [value * 1000, value / 10],
        effort: 10,
      };
    }
    case 4: {
      const [rate, hours, price, concentration] = [
        random.int(15, 90),
        random.int(6, 20),
        random.int(11, 60),
        random.int(2, 9),
      ];
      const millilitres = (rate * 60 * hours) / 20;
      const grams = (millilitres * concentration) / 1000;
      return {
        question: `A valve drips ${rate} times a minute, and 20 drops make 1 ml. The liquid contains ${concentration} mg of silver per ml, and silver costs ${price} cents per gram. What is the silver worth, in cents, that drips away in ${hours} hours?`,
        value: grams * price,
        unit: 'cent',
        slips: [grams * price * 1000, (grams * price) / 60, millilitres * price],
        effort: 20,
      };
    }
    default: {
      const [miles, mpg, pounds, people] = [
        random.int(150, 900),
        random.int(25, 55),
        random.int(120, 190) / 100,
        random.int(2, 5),
      ];
      const litres = (miles / mpg) * 4.546;
      const value = (litres * 2.31) / people / (miles * 1.609);
      return {
        question: `A car with ${people} people drives ${miles} miles at ${mpg} miles per imperial gallon; petrol costs £${pounds.toFixed(2)} per litre. Burning a litre of petrol releases 2.31 kg of CO2. How many grams of CO2 is that per person and kilometre? Use 1 imperial gallon = 4.546 litres and 1 mile = 1.609 km.`,
        value: value * 1000,
        unit: 'g',
        slips: [value * 1000 * people, litres * 2.31, value * 1609],
        effort: 34,
      };
    }
  }
}

export const unitChain: Template = {
  family: 'unit-chain',
  domain: 'units-time',
  perLevel: 2,
  draw(level, random) {
    const { question, value, unit, slips, effort, restated } = problem(level, random);
    const exact = Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
    const item = numericItem(random, {
      question: exact ? question : `${question} Give at least three significant digits.`,
      level,
      value,
      tolerance: exact ? 1e-6 * Math.abs(value) : 6e-3 * Math.abs(value),
      ...(restated === undefined && { unit }),
      reference: formatNumber(exact ? value : Number(value.toPrecision(4))),
      slips,
      effort,
      what: `the number of ${{ cent: 'cents', s: 'seconds', min: 'minutes' }[unit] ?? unit}`,
    });
    return restated === undefined
      ? item
      : { ...item, wrongAnswers: [...item.wrongAnswers, restated] };
  },
};
