/**
 * Series that are told by a part of the name, in any spelling: fine-tunes and mixtures belong to the
 * series that they are named after first.
 */
const SERIES: readonly (readonly [pattern: RegExp, family: string])[] = [
  [/hermes/, 'hermes'],
  [/wizard/, 'wizard'],
  [/chatgpt|gpt|davinci|\bo[1-9]\b/, 'gpt'],
  [/claude/, 'claude'],
  [/gemini|palm|bison/, 'gemini'],
  [/gemma/, 'gemma'],
  [/command|c4ai|aya/, 'command'],
  [/deepseek/, 'deepseek'],
  [/qwen|qwq/, 'qwen'],
  [/[mc]i[sx]tral|ministral|codestral|mistral|mixtral/, 'mistral'],
  [/nemotron/, 'nemotron'],
  [/llama|vicuna|alpaca/, 'llama'],
  [/phi-?[0-9]/, 'phi'],
  [/solar/, 'solar'],
  [/glm/, 'glm'],
];

/**
 * The family of a model: its maker's series, derived from its identity. What no pattern knows is a
 * family by its first word of letters, so that the sizes and versions of one name stay together.
 */
export function modelFamily(identity: string): string {
  for (const [pattern, family] of SERIES) if (pattern.test(identity)) return family;
  return /[a-z]{2,}/.exec(identity)?.[0] ?? identity;
}
