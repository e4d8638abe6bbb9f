import type { Level, Template } from '../template.js';

const IDEAS: Record<Level, [idea: string, points: string][]> = {
  1: [
    [
      'why the sky is dark at night although there are many stars',
      'Mentions that starlight reaching us is faint or sparse, or that the universe is finite in age or expanding',
    ],
  ],
  2: [
    [
      'why prices usually rise when a good becomes scarce',
      'Explains that more buyers compete for fewer goods; Gives a concrete example',
    ],
  ],
  3: [
    [
      'how a vaccine protects against a disease',
      'Says that the body meets a harmless form or part of the pathogen; Says that memory remains which speeds up the later response',
    ],
  ],
  4: [
    [
      'why correlation does not imply causation',
      'Defines both terms; Gives an example with a common cause; Names one way to tell them apart, such as an experiment',
    ],
  ],
  5: [
    [
      'why comparison sorting needs on the order of n log n comparisons in the worst case',
      'Counts n! orders; Says that each comparison at best halves the possibilities; Concludes log2(n!) and relates it to n log n',
    ],
  ],
};
const AUDIENCES = [
  'a ten-year-old',
  'a colleague from another field',
  'a newspaper reader',
  'a first-year student',
];

/** Open questions for a judge model. */
export const explainIdea: Template = {
  family: 'explain-idea',
  domain: 'writing',
  perLevel: 2,
  draw(level, random) {
    const [idea, points] = random.pick(IDEAS[level]);
    const [audience, limit] = [random.pick(AUDIENCES), random.int(5, 9) * 20];
    const task = `Explain ${idea} to ${audience}, in at most ${limit} words.`;
    return {
      text: task,
      grader: {
        kind: 'judge',
        task,
        rubric: [
          ...points.split('; '),
          `Suits ${audience}`,
          'Contains no factual error',
          `Has at most ${limit} words`,
        ]
          .map((point) => `- ${point}.`)
          .join('\n'),
      },
      referenceAnswer: `An explanation that meets these points: ${points}.`,
      effort: 10 * level,
      wrongAnswers: [],
    };
  },
};
