import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../test/seeded-random.js';
import { editMembers } from './json-members.js';

const edit = (json: string, set: Record<string, string> = {}, remove: string[] = []) =>
  editMembers(Buffer.from(json), { set, remove }).toString();

describe('editMembers', () => {
  it('changes what it is told to, and no other byte', () => {
    expect(
      edit('{ "big": 12345678901234567890, "x":1.0e400 ,\n"model" : "auto", "t": "\\u00fc\\"}" }', {
        model: '"gpt"',
      }),
    ).toBe('{ "big": 12345678901234567890, "x":1.0e400 ,\n"model" : "gpt", "t": "\\u00fc\\"}" }');
  });

  it.each([
    ['{"a":1,"z":{"b":[1,{"model":"x"}]},"c":2}', '{"a":1,"c":2}'],
    ['{"z":1, "a":1}', '{"a":1}'],
    ['{"a":1 , "z":"}"}', '{"a":1}'],
    ['{"z":null}', '{}'],
    ['{"z":1,"z":[2],"a":"z","z":true}', '{"a":"z"}'],
    ['{}', '{}'],
    ['{"\\u007a":1,"a":"\\\\"}', '{"a":"\\\\"}'],
  ])('takes a member out of %s', (json, left) => expect(edit(json, {}, ['z'])).toBe(left));

  it('puts a new member behind all others', () => {
    const add = (json: string, remove: string[] = []) =>
      editMembers(Buffer.from(json), { remove, add: { 'n"': '{"x":true}' } }).toString();
    expect(add(' {"a":1 , "b":[2] }\n')).toBe(' {"a":1 , "b":[2],"n\\"":{"x":true} }\n');
    expect(add('{"a":1}', ['a'])).toBe('{"n\\"":{"x":true}}');
  });

  it('changes every member of that name on the top level, and none below', () => {
    expect(edit('{"m":"a","n":{"m":"b"},"m":[ "c" ],"\\u006d":{}}', { m: '1' })).toBe(
      '{"m":1,"n":{"m":"b"},"m":1,"\\u006d":1}',
    );
    expect(edit('{"a":1}', { m: '1' })).toBe('{"a":1}');
  });

  it('means the same as an edit of the parsed object', () => {
    const random = seededRandom(7);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random.uniform() * of.length)]!;
    const value = (depth: number): unknown => {
      const kind = random.uniform();
      if (depth === 0 || kind < 0.5)
        return pick([1, -0.5e-7, true, null, '', 'a"b\\', '{,}', '\u2028ü🙂', [], {}]);
      if (kind < 0.75) return Array.from({ length: 3 }, () => value(depth - 1));
      return Object.fromEntries(
        ['a', 'model', 'zerorouter', 'q"'].map((name) => [name, value(depth - 1)]),
      );
    };
    for (let i = 0; i < 500; i++) {
      const names = ['a', 'model', 'b', 'zerorouter', 'c'].filter(() => random.uniform() < 0.7);
      const object = Object.fromEntries(names.map((name) => [name, value(3)]));
      const json = JSON.stringify(object, null, pick([0, 1, 2]));
      const { zerorouter: _, ...rest } = object;
      expect(JSON.parse(edit(json, { model: '"m"' }, ['zerorouter']))).toEqual(
        'model' in rest ? { ...rest, model: 'm' } : rest,
      );
    }
  });
});
