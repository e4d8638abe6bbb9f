import { jsonFormat } from '../answer-format.js';
import type { Template } from '../template.js';

const LENGTHS = { 1: 1, 2: 2, 3: 4, 4: 6, 5: 9 } as const;
const ITEMS = ['flour', 'sugar', 'cocoa', 'salt', 'barley', 'rice'];

type Call = [tool: string, ...values: (string | number)[]];

export const toolSequence: Template = {
  family: 'tool-sequence',
  domain: 'tool-use',
  perLevel: 2,
  draw(level, random) {
    const items = random.sample(ITEMS, Math.min(6, level + 2));
    const stock = new Map(items.map((item) => [item, random.int(5, 40)]));
    const have = (item: string): number => stock.get(item) as number;
    const initial = items.map((item) => `${item} ${have(item)}`).join(', ');
    const calls: Call[] = [];
    const requests: string[] = [];
    for (let i = 0; i < LENGTHS[level]; i++) {
      const [item, other] = random.sample(items, 2) as [string, string];
      const n = random.int(2, 20);
      const kind = random.pick(
        level < 3 ? ['add', 'take'] : ['add', 'take', 'fill', 'move', 'conditional'],
      );
      if (kind === 'add') {
        requests.push(`${n} kg of ${item} have come in.`);
        calls.push(['add', item, n]);
        stock.set(item, have(item) + n);
      } else if (kind === 'fill') {
        const goal = have(item) + n;
        requests.push(`Order as much ${item} as is needed to have ${goal} kg of it.`);
        calls.push(['order', item, n]);
        stock.set(item, goal);
      } else if (kind === 'move') {
        const part = Math.floor(have(item) / 2);
        requests.push(
          `The ${item} was labelled wrongly: half of it (rounded down to whole kg) is really ${other}. Correct that, first taking it from ${item}.`,
        );
        calls.push(['take', item, part], ['add', other, part]);
        stock.set(item, have(item) - part);
        stock.set(other, have(other) + part);
      } else if (kind === 'conditional') {
        const limit = have(item) + random.int(-6, 6);
        requests.push(
          `If there are fewer than ${limit} kg of ${item}, order ${n} kg of it; otherwise take out ${Math.min(3, have(item))} kg of it.`,
        );
        if (have(item) < limit) {
          calls.push(['order', item, n]);
          stock.set(item, have(item) + n);
        } else {
          const out = Math.min(3, have(item));
          calls.push(['take', item, out]);
          stock.set(item, have(item) - out);
        }
      } else {
        const out = Math.min(n, have(item));
        const wanted = level >= 4 ? n : out;
        requests.push(
          `Somebody wants ${wanted} kg of ${item}; give out as much of that as there is.`,
        );
        calls.push(['take', item, out]);
        stock.set(item, have(item) - out);
      }
    }
    const change = (edit: (copy: Call[]) => void): string => {
      const copy = structuredClone(calls);
      edit(copy);
      return JSON.stringify(copy);
    };
    return {
      text: `You manage a store room through three tools: add(item, kg), take(item, kg) and order(item, kg). Ordered goods count as present at once. The store holds, in kg: ${initial}.\n\nCarry out these requests in order:\n\n${requests.map((text, i) => `${i + 1}. ${text}`).join('\n')}\n\nGive the calls as a JSON array of arrays, in the form [["add", "flour", 2], …], with the amounts as numbers. Leave out no call, even one with amount 0. ${jsonFormat(random)}`,
      grader: { kind: 'json', value: calls },
      referenceAnswer: JSON.stringify(calls),
      effort: calls.length * 6 + level,
      wrongAnswers: [
        change((copy) => void copy.pop()),
        change((copy) => void ((copy[0] as Call)[2] = ((copy[0] as Call)[2] as number) + 1)),
        change((copy) => void ((copy.at(-1) as Call)[0] = 'remove')),
        change((copy) => void copy.push(['add', 'flour', 1])),
      ],
    };
  },
};
