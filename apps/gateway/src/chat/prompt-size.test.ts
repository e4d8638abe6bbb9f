import { expect, it } from '@jest/globals';
import { measurePrompt } from './prompt-size.js';

it('counts what a model reads, and no byte is less than a token', () => {
  const text = 'Grüße 🙂'.repeat(100);
  const { tokens, mostTokens } = measurePrompt({
    model: 'x'.repeat(1_000),
    messages: [{ role: 'user', content: text }],
  });
  // The names of the members, the role and the text.
  expect(tokens).toBe(Math.ceil((text.length + 'rolecontentuser'.length) / 4));
  expect(mostTokens).toBeGreaterThanOrEqual(Buffer.byteLength(text) + 8);
  expect(mostTokens).toBeLessThan(Buffer.byteLength(text) + 100);
});

it('takes an image for an image, however many bytes it has', () => {
  const url = `data:image/png;base64,${'A'.repeat(1e6)}`;
  const parts = [
    { type: 'image_url', image_url: { url } },
    { type: 'input_image', file: url },
  ];
  const { tokens, mostTokens } = measurePrompt({ messages: [{ role: 'user', content: parts }] });
  expect(tokens).toBeLessThan(100);
  expect(mostTokens).toBeGreaterThan(20_000);
  expect(mostTokens).toBeLessThan(21_000);
});

it('reads every field that is read, and every limit', () => {
  const tool = { type: 'function', function: { name: 'f', parameters: { a: ['x'.repeat(400)] } } };
  expect(measurePrompt({ tools: [tool] }).tokens).toBeGreaterThan(100);
  expect(measurePrompt({ input: ['y'.repeat(400)] }).tokens).toBe(100);
  expect(measurePrompt({ input: Array.from({ length: 300_000 }, () => 12) }).mostTokens).toBe(
    600_008,
  );
  expect(measurePrompt({}).maxOutputTokens).toBeNull();
  expect(measurePrompt({ max_tokens: null, n: 2 }).maxOutputTokens).toBeNull();
  expect(measurePrompt({ max_tokens: 5 }).maxOutputTokens).toBe(5);
  expect(measurePrompt({ max_completion_tokens: 7, max_tokens: 5, n: 3 }).maxOutputTokens).toBe(21);
  expect(measurePrompt({ max_output_tokens: 9 }).maxOutputTokens).toBe(9);
});

it('survives nesting that the stack would not', () => {
  let deep: unknown = 'x';
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(measurePrompt({ messages: deep }).tokens).toBe(1);
});
