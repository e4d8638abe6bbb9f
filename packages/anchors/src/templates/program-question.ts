import type { Random } from '../random.js';

/** The question of a code-output item; the program stands in its only fenced block. */
export function programQuestion(random: Random, program: string): string {
  return random.pick([
    `What does this JavaScript program print?\n\n\`\`\`js\n${program}\n\`\`\``,
    `Predict the console output of the following JavaScript code.\n\n\`\`\`js\n${program}\n\`\`\``,
    `\`\`\`js\n${program}\n\`\`\`\n\nThis script is run with Node.js. What is written to the console?`,
  ]);
}
