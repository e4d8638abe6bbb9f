import { describe, expect, it } from '@jest/globals';
import { flattenConversation } from './flatten-conversation.js';

const flatten = (input: Parameters<typeof flattenConversation>[0], maxChars = 10_000) =>
  flattenConversation(input, maxChars);

describe('flattenConversation', () => {
  it('leaves a lone user turn as it is, however it is given', () => {
    const question = '  What is 2 + 2?\n';
    expect(flatten({ query: question }).text).toBe(question);
    expect(flatten({ messages: [{ role: 'user', content: question }] }).text).toBe(question);
    expect(
      flatten({ messages: [{ role: 'user', content: [{ type: 'text', text: question }] }] }).text,
    ).toBe(question);
  });

  it('keeps the whole conversation in order, with roles, the last turn last', () => {
    const { text, stats } = flatten({
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi!' },
        { role: 'user', content: 'Prove Fermat.' },
      ],
      response_format: { type: 'json_object' },
    });
    expect(text).toBe(
      'system: Be brief.\n\nresponse_format: {"type":"json_object"}\n\n' +
        'user: Hello\n\nassistant: Hi!\n\nuser: Prove Fermat.',
    );
    expect(stats).toEqual({ chars: text.length, turns: 3, tools: 0, images: 0 });
  });

  it('reads tools, tool calls and tool results', () => {
    const { text, requires } = flatten({
      tools: [{ type: 'function', function: { name: 'weather' } }],
      messages: [
        { role: 'user', content: 'Rain?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', function: { name: 'weather', arguments: '{"city":"Bern"}' } }],
        },
        { role: 'tool', content: 'sunny' },
      ],
    });
    expect(text).toContain('tools: [{"type":"function","function":{"name":"weather"}}]');
    expect(text).toContain('assistant: [call {"name":"weather","arguments":"{\\"city\\"');
    expect(text.endsWith('tool: sunny')).toBe(true);
    expect(requires).toEqual(['tools']);
  });

  it('takes no image data into the text, but asks for vision', () => {
    const { text, requires, stats } = flatten({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
    });
    expect(text).toBe('What is this?\n[image]');
    expect(requires).toEqual(['vision']);
    expect(stats.images).toBe(1);
  });

  it.each([
    ['an empty query', { query: '' }, 'query'],
    ['a blank query', { query: ' \n\t\u200b\u0000' }, 'query'],
    ['a blank turn', { messages: [{ role: 'user' as const, content: '  ' }] }, 'messages'],
    ['a turn without content', { messages: [{ role: 'user' as const }] }, 'messages'],
    [
      'an image alone',
      { messages: [{ role: 'user' as const, content: [{ type: 'image_url' }] }] },
      'messages',
    ],
  ])('refuses %s', (_, input, path) => {
    expect(() => flatten(input)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        details: { errors: [expect.objectContaining({ path })] },
      }),
    );
  });

  it('says where a part is malformed', () => {
    expect(() =>
      flatten({ messages: [{ role: 'user', content: [{ type: 'text', text: 7 }] }] }),
    ).toThrow(/messages\.0\.content\.0\.text: must be a string/);
  });

  it('refuses what is too long, and tells both numbers', () => {
    expect(() => flatten({ query: 'x'.repeat(11) }, 10)).toThrow(/11 characters, more than the 10/);
  });

  it('replaces what no database can store, and leaves emoji alone', () => {
    expect(flatten({ query: 'a\0b\ud800c 🎉 \udc00' }).text).toBe('a\ufffdb\ufffdc 🎉 \ufffd');
  });

  it('refuses tools nested beyond reason instead of overflowing', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as object;
    expect(() => flatten({ query: 'x', tools: [{ deep }] })).toThrow(/tools: is nested too deeply/);
  });
});
