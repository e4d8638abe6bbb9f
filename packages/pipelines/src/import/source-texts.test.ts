import { describe, expect, it } from '@jest/globals';
import { answerCharacters, textOf, unwrapPythonList } from './source-texts.js';

describe('unwrapPythonList', () => {
  it('reads what str() makes of a list of strings', () => {
    expect(unwrapPythonList(`['a', "it's", 'tab\\t\\\\n\\x41\\u00e9\\U0001f30a', '']`)).toEqual([
      'a',
      "it's",
      'tab\t\\nAé🌊',
      '',
    ]);
    expect(unwrapPythonList(`["both ' and \\""]`)).toEqual([`both ' and "`]);
    expect(unwrapPythonList('[]')).toEqual([]);
  });

  it('leaves every other text as it is', () => {
    for (const text of [
      'plain',
      '[1, 2]',
      "['open",
      "['a' 'b']",
      "['a'] and more",
      "['a\\']",
      '[A]',
    ])
      expect(unwrapPythonList(text)).toEqual([text]);
  });
});

describe('textOf', () => {
  it('joins turns and chat messages', () => {
    expect(textOf(['one', 'two'])).toBe('one\n\ntwo');
    expect(
      textOf([{ role: 'user', content: 'hi' }, { content: [{ type: 'text', text: 'yo' }] }]),
    ).toBe('hi\n\nyo');
    expect(textOf(null)).toBe('');
  });
});

describe('answerCharacters', () => {
  it('counts code points over all turns, and tells no answer from an empty one', () => {
    expect(answerCharacters(['é🌊', 'abc'])).toBe(5);
    expect(answerCharacters('')).toBe(0);
    expect(answerCharacters(null)).toBeNull();
  });
});
