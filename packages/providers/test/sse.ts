/** One event of a stream. */
export const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** A chunk that adds text. */
export const delta = (content: string): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });

export const finish = (reason = 'stop'): string =>
  event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });

/** The last chunk of OpenAI's: usage, and no choices. */
export const usage = (input: number, output: number, reasoning = 0): string =>
  event({
    choices: [],
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  });

export const DONE = 'data: [DONE]\n\n';
