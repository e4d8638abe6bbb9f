import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig, readConfig } from './load-config.js';

const folder = mkdtempSync(join(tmpdir(), 'zerorouter-config-'));
const file = join(folder, 'zerorouter.yaml');
const DATABASE_URL = 'postgres://db.example/zerorouter';
afterAll(() => rmSync(folder, { recursive: true }));

function read(yaml: string, environment: Record<string, string> = {}, lenient = false) {
  writeFileSync(file, yaml);
  return readConfig({ DATABASE_URL, ZEROROUTER_CONFIG: file, ...environment }, { lenient });
}
/** The mistakes, without the folder. */
const mistakes = (yaml: string, environment: Record<string, string> = {}, lenient = false) =>
  read(yaml, environment, lenient).problems.map((problem) => problem.replace(`${folder}/`, ''));

describe('the settings of a configuration file', () => {
  it('are the variables, flat or in groups, and the environment counts first', () => {
    const { config, effective, fileSettings, problems } = read(
      [
        'settings:',
        '  port: 4000',
        '  log_level: debug',
        '  database: { max_connections: 20 }',
        '  encoder: { name: /models/bge, normalize: true }',
        '  feedback_doubling_days: 7',
      ].join('\n'),
      { PORT: '5000', LOG_LEVEL: '' },
    );
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      PORT: 5000,
      LOG_LEVEL: 'debug',
      DATABASE_MAX_CONNECTIONS: 20,
      ENCODER: '/models/bge',
      ENCODER_NORMALIZE: 'true',
      FEEDBACK_DOUBLING_DAYS: 7,
    });
    const source = (name: string) => effective.find((one) => one.name === name)?.source;
    expect(['PORT', 'LOG_LEVEL', 'HOST', 'REDIS_URL'].map(source)).toEqual([
      'environment',
      'file',
      'default',
      'unset',
    ]);
    expect(fileSettings).toMatchObject({ PORT: '4000' });
  });

  it('are refused with line, column and what to do, all at once', () => {
    expect(
      mistakes(
        [
          'settings:',
          '  prot: 1',
          '  port: 70000',
          '  log_level:',
          '  chat: { timeout_ms: 5 }',
          '  queue_prefix: [a]',
          '  host: ${NO_SUCH}',
          '  profile: { refresh_s: 5 }',
          '  profile_refresh_s: 6',
          'setings: {}',
        ].join('\n'),
      ).sort(),
    ).toEqual([
      expect.stringMatching(/^zerorouter\.yaml:10:1 setings: is no section; there are settings/),
      'zerorouter.yaml:2:9 settings.prot: there is no setting "prot"; did you mean "port"?',
      expect.stringMatching(/^zerorouter\.yaml:3:9 settings\.port: "70000": /),
      expect.stringMatching(/^zerorouter\.yaml:4:\d+ settings\.log_level: has no value/),
      expect.stringMatching(/^zerorouter\.yaml:5:23 settings\.chat\.timeout_ms: "5": /),
      expect.stringMatching(/^zerorouter\.yaml:6:3 settings\.queue_prefix: must be a text/),
      'zerorouter.yaml:7:9 settings.host: NO_SUCH is not set: set it in the environment',
      expect.stringMatching(
        /:9:22 settings\.profile_refresh_s: is PROFILE_REFRESH_S, which settings\.profile\.refresh_s has set/,
      ),
    ]);
  });

  it('hold no secret themselves, and show none', () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    const yaml = `settings:\n  secrets_key: ${key}\n  redis_url: redis://:hunter2@r/0\n`;
    expect(mistakes(yaml)).toEqual([
      expect.stringMatching(/:2:16 settings\.secrets_key: holds a secret itself/),
      expect.stringMatching(/:3:14 settings\.redis_url: holds a secret itself/),
    ]);
    expect(mistakes(yaml).join()).not.toMatch(/hunter2|AQEB/);
    const referred = read(
      'settings:\n  secrets_key: ${THE_KEY}\n  redis_url: redis://:${PASS}@r/0\n',
      { THE_KEY: key, PASS: 'hunter2' },
    );
    expect(referred.config).toMatchObject({ SECRETS_KEY: key, REDIS_URL: 'redis://:hunter2@r/0' });
    expect(JSON.stringify(referred.effective)).not.toMatch(/hunter2|AQEB/);
  });
});

describe('the models and policies of a configuration file', () => {
  const model = (rest: string): string => `models:\n  - name: acme/a\n${rest}`;

  it('are read as the API takes them, with keys from the environment', () => {
    const { declaration, problems } = read(
      [
        'models:',
        '  - name: acme/a',
        '    prices: { input_per_mtok: 1, output_per_mtok: 2, as_of: 2026-01-31 }',
        '    deployments:',
        '      - { base_url: "${BASE}/v1", api_key: "${KEY}", upstream_model: "$${a}" }',
        'policies:',
        '  cheap: { weights: { accuracy: 1, cost: 1, latency: 0 } }',
      ].join('\n'),
      { BASE: 'https://a.example', KEY: 'sk-1' },
    );
    expect(problems).toEqual([]);
    expect(declaration.models).toEqual([
      {
        at: ['models', 0],
        value: {
          name: 'acme/a',
          prices: { input_per_mtok: 1, output_per_mtok: 2, as_of: '2026-01-31' },
          deployments: [
            { base_url: 'https://a.example/v1', api_key: 'sk-1', upstream_model: '${a}' },
          ],
        },
      },
    ]);
    expect(declaration.policies).toMatchObject([
      { at: ['policies', 'cheap'], value: { name: 'cheap', policy: { constraints: {} } } },
    ]);
  });

  it('are refused with their place, and what is right beside them is kept', () => {
    const yaml = [
      'models:',
      '  - name: auto',
      '  - { name: acme/b, colour: red, prices: { input_per_mtok: -1 } }',
      '  - name: acme/c',
      '    deployments:',
      '      - base_url: ftp://x',
      '        api_key: sk-in-clear',
      'policies:',
      '  Cheap!: { weights: { accuracy: 1, cost: 1, latency: 0 } }',
      '  none: {}',
      '  budgeted: { weights: { accuracy: 1, cost: 0, latency: 0 }, budget: { usd: 0, period: year } }',
    ].join('\n');
    const found = mistakes(yaml);
    for (const place of [
      /:2:11 models\.0\.name: must not be "auto"/,
      /:3:29 models\.1\.colour: is not known here/,
      /:3:60 models\.1\.prices\.input_per_mtok: /,
      /:3:34 models\.1\.prices\.output_per_mtok: is missing: it must be a number/,
      /:6:19 models\.2\.deployments\.0\.base_url: must be an http/,
      /:7:18 models\.2\.deployments\.0\.api_key: holds the key itself/,
      /:9:3 policies\.Cheap!: must be 1 to 64/,
      /:10:3 policies\.none\.weights: /,
      /:11:77 policies\.budgeted\.budget\.usd: /,
      /:11:88 policies\.budgeted\.budget\.period: /,
    ])
      expect(found).toContainEqual(expect.stringMatching(place));
    expect(found).toHaveLength(10);
    expect(found.join()).not.toContain('sk-in-clear');
    expect(
      read(`${yaml}\n  good: { weights: { accuracy: 1, cost: 0, latency: 0 } }`).declaration,
    ).toMatchObject({ models: [], policies: [{ value: { name: 'good' } }] });
  });

  it('may refer to what an app need not know', () => {
    const yaml = model('    deployments: [{ base_url: "${URL}", api_key: "${KEY}" }]\n');
    expect(mistakes(yaml)).toEqual([
      expect.stringMatching(/base_url: URL is not set/),
      expect.stringMatching(/api_key: KEY is not set/),
      expect.stringMatching(/base_url: must be an http/),
    ]);
    expect(mistakes(yaml, {}, true)).toEqual([]);
    writeFileSync(file, yaml);
    expect(loadConfig({ DATABASE_URL, ZEROROUTER_CONFIG: file }).PORT).toBe(3000);
    writeFileSync(file, model('    colour: red\n'));
    expect(() => loadConfig({ DATABASE_URL, ZEROROUTER_CONFIG: file })).toThrow(
      /:3:13 models\.0\.colour/,
    );
  });
});

describe('a file that is no configuration', () => {
  it.each<[string, string, RegExp]>([
    ['a list', '- a\n', /zerorouter\.yaml:1:1: must hold settings, models, policies/],
    ['broken YAML', 'settings:\n  port: [1\nmodels: []\n', /zerorouter\.yaml:3:1: /],
    [
      'a key twice',
      'settings: {}\nsettings: {}\n',
      /zerorouter\.yaml:2:1: Map keys must be unique/,
    ],
    ['a reference to nothing', 'settings: { host: "${}" }\n', /names no variable/],
    ['models by name', 'models: { a: {} }\n', /models: must be a list/],
    ['a list of policies', 'policies: [a]\n', /policies: must hold policies by their names/],
    ['settings that are a text', 'settings: a\n', /settings: must hold settings by their names/],
    ['aliases without end', bomb(), /xcessive alias/],
  ])('%s', (_, yaml, message) => expect(mistakes(yaml).join('\n')).toMatch(message));

  it('is as good as none when it is empty, and is named when it is not there', () => {
    expect(mistakes('')).toEqual([]);
    expect(mistakes('settings:\nmodels:\npolicies:\n')).toEqual([]);
    const { problems } = readConfig({ DATABASE_URL, ZEROROUTER_CONFIG: '/no/such.yaml' });
    expect(problems).toEqual([
      expect.stringMatching(/"\/no\/such\.yaml" cannot be read \(ENOENT\)/),
    ]);
  });
});

/** Each line has the one before ten times: a few lines are ten to the ninth values. */
function bomb(): string {
  const lines = ['settings: {}', 'a0: &a0 [x]'];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}
