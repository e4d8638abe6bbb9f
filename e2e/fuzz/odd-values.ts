import fc from 'fast-check';

/** Texts that have broken other programs: control characters, injections, names of prototypes. */
const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202etxt.exe',
  'ﷺ'.repeat(40),
  'é\u0301\u0302\u0303'.repeat(30),
  '👩‍👩‍👧‍👦',
  '\r\nx-injected: yes',
  'a\nb\r\nc',
  '{"level":"fatal","msg":"forged"}\n{"level":"fatal","msg":"forged"}',
  '\u001b[2J\u001b[31mred',
  '__proto__',
  'constructor',
  'toString',
  '$where',
  "' OR 1=1; --",
  '"; DROP TABLE models; --',
  '${7*7}{{7*7}}<%= 7*7 %>',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00%2e%2e%2f',
  '1e999',
  '-0',
  'NaN',
  'true',
  'null',
  '*',
  '*'.repeat(200),
  'a*'.repeat(100),
  'auto',
  'zerorouter/balanced',
  'openai/*',
  'starter',
  'balanced',
  'x'.repeat(70_000),
];

const ODD_NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  1e-320,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  -(2 ** 31) - 1,
  1e21,
];

export const oddText = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );

export const oddNumber = (): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(...ODD_NUMBERS),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );

/** Any JSON at all. */
export const oddValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    oddText(),
    oddNumber(),
    fc.constantFrom(null, true, false, [], {}),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(...[5, 50, 900].map((depth) => nested(depth))),
  );

/** A list in a list in a list … */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}
