import { jsonFormat } from '../answer-format.js';
import type { Template } from '../template.js';

const GOODS = [
  'desk lamp',
  'ink cartridge',
  'folding chair',
  'desk fan',
  'wall clock',
  'whiteboard',
  'extension cord',
  'label roll',
  'door mat',
  'paper tray',
];
const PEOPLE = [
  'Marta Lind',
  'Jonas Ferro',
  'Aisha Kone',
  'Pavel Novak',
  'Lucia Brandt',
  'Theo Amsel',
  'Ingrid Solberg',
];
const CITIES = ['Utrecht', 'Graz', 'Porto', 'Tampere', 'Lyon', 'Bergen', 'Kraków'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

interface Order {
  customer: string;
  city: string | null;
  deliver_by: string;
  items: { name: string; quantity: number; unit_price_cents: number }[];
  gift: boolean;
}

export const orderMessage: Template = {
  family: 'order-message',
  domain: 'data-extraction',
  perLevel: 2,
  draw(level, random) {
    const customer = random.pick(PEOPLE);
    const city = random.pick(CITIES);
    const [year, month, day] = [random.int(2026, 2029), random.int(1, 12), random.int(1, 28)];
    const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const items = random.sample(GOODS, [1, 2, 3, 4, 6][level - 1] as number).map((name) => ({
      name,
      quantity: random.int(2, 12),
      unit_price_cents: random.int(3, 80) * 50 + (level >= 4 ? random.int(0, 49) : 0),
    }));
    const order: Order = { customer, city, deliver_by: date, items, gift: random.chance(0.5) };
    const price = (cents: number): string =>
      level >= 4 && random.chance(0.4)
        ? `EUR ${(cents / 100).toFixed(2).replace('.', ',')}`
        : `€${(cents / 100).toFixed(2)}`;
    const amount = (n: number): string =>
      level >= 3 && random.chance(0.5) ? (WORDS[n] as string) : String(n);
    const sentences: string[] = [];
    const told = items.map((item) => ({ ...item }));
    const corrections: string[] = [];
    if (level >= 4) {
      const item = told[0] as (typeof items)[number];
      item.quantity = item.quantity + random.int(1, 4);
      corrections.push(
        `Sorry, I miscounted: of the ${item.name}s we need ${amount((items[0] as (typeof items)[number]).quantity)}, not ${item.quantity}.`,
      );
    }
    if (level >= 5) {
      const extra = {
        name: random.pick(GOODS.filter((name) => !items.some((item) => item.name === name))),
        quantity: random.int(2, 9),
        unit_price_cents: random.int(5, 60) * 50,
      };
      told.splice(1, 0, extra);
      corrections.push(
        `Please forget about the ${extra.name}s, my colleague has found some in the cellar.`,
      );
      const item = items.at(-1) as (typeof items)[number];
      const raised = item.unit_price_cents + 100;
      corrections.push(
        `And I see that the ${item.name}s now cost ${price(raised)} a piece; that is fine.`,
      );
      item.unit_price_cents = raised;
    }
    sentences.push(
      `Hello, we would like to order ${told.map((item) => `${amount(item.quantity)} ${item.name}s at ${price(item.unit_price_cents)} each`).join(', ')}.`,
    );
    const spoken =
      level === 1
        ? date
        : random.pick([
            `${day} ${MONTHS[month - 1]} ${year}`,
            `${MONTHS[month - 1]} ${day}, ${year}`,
          ]);
    if (level >= 3)
      sentences.push(
        `Last year's order of ${random.int(13, 40)} ${random.pick(GOODS)}s arrived late, in ${random.pick(CITIES.filter((name) => name !== city))} of all places.`,
      );
    sentences.push(`We need everything by ${spoken}${level >= 2 ? ` in ${city}` : ''}.`);
    if (level === 1 || (level >= 4 && random.chance(0.5))) {
      order.city = null;
      sentences.splice(-1, 1, `We need everything by ${spoken}.`);
    }
    sentences.push(...corrections);
    if (level >= 2)
      sentences.push(
        order.gift ? 'Please wrap it as a gift.' : 'No gift wrapping this time, please.',
      );
    else order.gift = false;
    const message = `${sentences.join(' ')}\n\nBest regards,\n${customer}`;
    const question = `Extract the order from this message as one JSON object with the keys "customer" (string), "city" (delivery city as a string, or null if none is named), "deliver_by" (date as YYYY-MM-DD), "items" (array of objects with "name" in the singular, "quantity" as a number and "unit_price_cents" as a whole number of cents, in the order in which the goods are first mentioned) and "gift" (boolean, false unless gift wrapping is asked for). Take later corrections into account.`;
    const wrong = (change: (copy: Order) => void): string => {
      const copy = structuredClone(order);
      change(copy);
      return JSON.stringify(copy);
    };
    return {
      text: `${question}\n\n"""\n${message}\n"""\n\n${jsonFormat(random)}`,
      grader: { kind: 'json', value: JSON.parse(JSON.stringify(order)) as Record<string, never> },
      referenceAnswer: JSON.stringify(order, null, 2),
      effort: items.length * 3 + corrections.length * 5 + level,
      wrongAnswers: [
        wrong((copy) => void (copy.items[0] && copy.items[0].quantity++)),
        wrong((copy) => void copy.items.pop()),
        wrong((copy) => void (copy.gift = !copy.gift)),
        wrong(
          (copy) => void (copy.deliver_by = copy.deliver_by.replace(/-(\d\d)-(\d\d)$/, '-$2-$10')),
        ),
        wrong((copy) => void (copy.items[0] && (copy.items[0].unit_price_cents /= 100))),
      ],
    };
  },
};
