import { gradeAnswer, type Anchor, type Grader } from '../../packages/anchors/dist/index.js';
import { chance } from './chance.js';

/** A reply as a model dresses it. */
export function dress(grader: Grader, answer: string): string {
  const isShort = grader.kind === 'numeric' || grader.kind === 'exact' || grader.kind === 'choice';
  return isShort ? `Let me work through it step by step.\n\nAnswer: ${answer}` : answer;
}

/**
 * A plausible reply that the anchor's grader really fails, the same for the same seed; one that it can
 * grade where there is such a one.
 *
 * @throws RangeError for an anchor that every candidate would be right for, or that a judge grades
 */
export async function wrongReply(anchor: Anchor, seed: number): Promise<string> {
  const candidates = candidatesFor(anchor.grader, anchor.referenceAnswer)
    .map((answer) => dress(anchor.grader, answer))
    .map((reply, i) => ({ reply, order: chance(seed, anchor.text, 'wrong', i) }))
    .sort((a, b) => a.order - b.order);
  let ungradable: string | null = null;
  for (const { reply } of candidates) {
    const { score, gradable } = await gradeAnswer(anchor.grader, reply);
    if (score > 0) continue;
    if (gradable) return reply;
    ungradable ??= reply;
  }
  if (ungradable === null || anchor.grader.kind === 'judge') {
    throw new RangeError(`no wrong reply was found for the anchor ${anchor.id}`);
  }
  return ungradable;
}

function candidatesFor(grader: Grader, reference: string): string[] {
  switch (grader.kind) {
    case 'choice':
      return grader.options.map((_, i) => String.fromCharCode(65 + i));
    case 'numeric': {
      const step = Math.max(1, Math.ceil(3 * grader.tolerance));
      const { value } = grader;
      return [value + step, value - 2 * step, value * 2 + 3 * step, -value - step].map((wrong) =>
        String(Number(wrong.toFixed(6))),
      );
    }
    case 'exact':
      return [...(grader.among ?? []), ...slips(reference)];
    case 'regex':
      return [...slips(reference), 'Answer: none of these'];
    case 'json':
      return [...jsonSlips(reference), reference.slice(0, -2)];
    case 'constraints':
      return [
        `${reference}\n${reference} Zebra!`,
        reference.split(/\s+/, 1)[0] ?? '',
        reference.toUpperCase(),
        `zzz ${reference.toLowerCase()} zzz.`,
        'No',
      ];
    case 'code':
      return ['null', 'input', '0', '""'].map(
        (value) =>
          `\`\`\`js\nfunction ${grader.functionName}(input) {\n  return ${value};\n}\n\`\`\``,
      );
    case 'judge':
      return [];
  }
}

/** Small mistakes in a text: a digit off, two parts swapped, a letter lost, the wrong way round. */
function slips(text: string): string[] {
  const parts = text.split(/(,\s*|\s+)/);
  const swapped =
    parts.length > 2 ? [parts[2], parts[1], parts[0], ...parts.slice(3)].join('') : '';
  return [
    text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 7) % 10)),
    swapped,
    text.slice(0, -1),
    [...text].reverse().join(''),
    'Otter',
  ].filter((slip) => slip !== text && slip.trim() !== '');
}

function jsonSlips(reference: string): string[] {
  const json = /[[{][\s\S]*[\]}]/.exec(reference)?.[0];
  if (json === undefined) return [];
  const value = JSON.parse(json) as unknown;
  return [
    off(value),
    Array.isArray(value) ? value.slice(1) : { ...(value as object), note: 'x' },
  ].map((wrong) => JSON.stringify(wrong, null, 2));
}

/** The value with its first leaf changed. */
function off(value: unknown): unknown {
  if (Array.isArray(value)) return [off(value[0]), ...(value.slice(1) as unknown[])];
  if (typeof value === 'object' && value !== null) {
    const [[name, inner] = ['extra', null], ...rest] = Object.entries(value);
    return { [name]: off(inner), ...Object.fromEntries(rest) };
  }
  return typeof value === 'number' ? value + 1 : `${String(value)}x`;
}
