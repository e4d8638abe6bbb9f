import { textItem, type Template } from '../template.js';
import { WORD_BANK } from './word-bank.js';

const SHAPES = {
  1: { size: 4, edits: 1 },
  2: { size: 5, edits: 3 },
  3: { size: 6, edits: 5 },
  4: { size: 8, edits: 8 },
  5: { size: 10, edits: 13 },
} as const;
const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
];

export const listEdits: Template = {
  family: 'list-edits',
  domain: 'instruction-following',
  perLevel: 2,
  draw(level, random) {
    const { size, edits } = SHAPES[level];
    const pool = random.sample(WORD_BANK, size + edits + 2);
    let list = pool.splice(0, size);
    const start = [...list];
    const steps: string[] = [];
    let before = start;
    for (let i = 0; i < edits; i++) {
      before = [...list];
      const at = random.int(0, list.length - 1);
      const other = random.int(0, list.length - 1);
      const kind = random.pick(
        level < 3
          ? ['remove', 'append', 'swap']
          : [
              'remove',
              'insert',
              'swap',
              'reverse',
              'move',
              'replace',
              ...(level > 3 ? ['sort', 'conditional'] : []),
            ],
      );
      const fresh = pool[0] as string;
      if (kind === 'remove' && list.length > 3) {
        steps.push(`Remove the ${ORDINALS[at]} word.`);
        list.splice(at, 1);
      } else if (kind === 'append') {
        steps.push(`Add "${fresh}" at the end.`);
        list.push(pool.shift() as string);
      } else if (kind === 'insert' && list.length < 12) {
        steps.push(`Insert "${fresh}" directly before "${list[at]}".`);
        list.splice(at, 0, pool.shift() as string);
      } else if (kind === 'reverse') {
        steps.push('Reverse the order of the whole list.');
        list.reverse();
      } else if (kind === 'move') {
        const [word] = list.splice(at, 1) as [string];
        steps.push(`Move "${word}" to the front.`);
        list.unshift(word);
      } else if (kind === 'replace') {
        steps.push(`Replace "${list[at]}" by "${fresh}".`);
        list[at] = pool.shift() as string;
      } else if (kind === 'sort') {
        steps.push('Sort the last three words alphabetically, leaving the others where they are.');
        list = [...list.slice(0, -3), ...list.slice(-3).sort()];
      } else if (kind === 'conditional') {
        const letter = random.pick([...'aeio']);
        steps.push(
          `If the ${ORDINALS[at]} word contains the letter "${letter}", remove the last word; otherwise swap the first two words.`,
        );
        if ((list[at] as string).includes(letter)) list.pop();
        else [list[0], list[1]] = [list[1] as string, list[0] as string];
      } else {
        const target = at === other ? (at + 1) % list.length : other;
        steps.push(`Swap the ${ORDINALS[at]} and the ${ORDINALS[target]} word.`);
        [list[at], list[target]] = [list[target] as string, list[at] as string];
      }
    }
    const answer = list.join(', ');
    return textItem(random, {
      question: `Here is a list of words:\n\n${start.join(', ')}\n\nApply these changes one after another; positions always refer to the list as it is at that moment.\n\n${steps.map((step, i) => `${i + 1}. ${step}`).join('\n')}`,
      level,
      answer,
      effort: size + edits * 4,
      slips: [
        before.join(', '),
        start.join(', '),
        [...list].reverse().join(', '),
        list.slice(1).join(', '),
      ],
      grader: { form: 'list' },
      what: 'the final list, separated by commas',
    });
  },
};
