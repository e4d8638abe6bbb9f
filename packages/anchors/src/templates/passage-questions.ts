import { choiceItem, type Template } from '../template.js';
import { PASSAGES } from './passages.js';

export const passageQuestions: Template = {
  family: 'passage-questions',
  domain: 'reading-comprehension',
  perLevel: 2,
  draw(level, random) {
    const passage = random.pick(PASSAGES)(random);
    const asked = random.pick(passage.questions.filter((question) => question.level === level));
    const item = choiceItem(random, {
      question: `${passage.text}\n\n${asked.ask}`,
      level,
      correct: asked.correct,
      distractors: asked.distractors,
      effort: 10 * level,
    });
    return { ...item, question: asked.ask };
  },
};
