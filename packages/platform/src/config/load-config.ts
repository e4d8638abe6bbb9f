import { DomainError } from '@zerorouter/contracts';
import type { Declaration, DeclarationProblem } from '@zerorouter/contracts';
import { readConfigFile } from './config-file.js';
import { redactSetting } from './redact-setting.js';
import { configSchema } from './variables.js';
import type { Config } from './variables.js';

export type ConfigError = DomainError<'invalid-config'>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Where the value of a variable comes from. */
export type SettingSource = 'environment' | 'file' | 'default' | 'unset';

/** One variable as it holds, fit to be shown. */
export interface EffectiveSetting {
  name: keyof Config;
  /** Secrets are left out; null = unset. */
  value: string | null;
  source: SettingSource;
}

/** All that environment and file say together, and every mistake in both. */
export interface ReadConfig {
  /** Null when a variable is wrong or missing. */
  config: Config | null;
  effective: readonly EffectiveSetting[];
  /** The settings of the file by their variables, whether or not the environment has others. */
  fileSettings: Readonly<Record<string, string>>;
  declaration: Declaration;
  problems: readonly string[];
  /** Tells a mistake in the declaration with its place in the file. */
  describe: (problem: DeclarationProblem) => string;
}

export interface ReadConfigOptions {
  /** Whether models and policies of the file may refer to variables that are not set here. */
  lenient?: boolean;
  /** Variables that somebody else will set. */
  supplied?: readonly (keyof Config)[];
}

const KNOWN = Object.keys(configSchema.shape) as (keyof Config)[];

/**
 * Reads the configuration from the environment and from the YAML file that ZEROROUTER_CONFIG names;
 * the environment counts first. An empty value counts as unset, since compose files pass those on.
 */
export function readConfig(
  environment: Environment,
  { lenient = false, supplied = [] }: ReadConfigOptions = {},
): ReadConfig {
  const path = environment['ZEROROUTER_CONFIG'] || undefined;
  const file =
    path === undefined ? null : readConfigFile(path, { environment, known: KNOWN, lenient });
  const given = new Map<string, { text: string; source: 'environment' | 'file' }>();
  for (const name of KNOWN) {
    const own = environment[name] || undefined;
    const other = file?.settings.get(name)?.text;
    if (own !== undefined) given.set(name, { text: own, source: 'environment' });
    else if (other !== undefined && other !== '') given.set(name, { text: other, source: 'file' });
  }

  const parsed = configSchema.safeParse(
    Object.fromEntries([...given].map(([name, { text }]) => [name, text])),
  );
  const issues = parsed.error?.issues ?? [];
  const problems = issues.flatMap((issue) => {
    const name = String(issue.path[0]) as keyof Config;
    const value = given.get(name);
    if (value === undefined)
      return supplied.includes(name)
        ? []
        : [`${name} is not set (${configSchema.shape[name].description})`];
    const shown = redactSetting(name, value.text);
    const setting = file?.settings.get(name);
    return value.source === 'file' && file !== null && setting !== undefined
      ? [file.describe({ at: setting.at, message: `"${shown}": ${issue.message}` })]
      : [`${name}="${shown}": ${issue.message}`];
  });
  const config = parsed.success ? Object.freeze(parsed.data) : null;
  return {
    config,
    effective: KNOWN.map((name) => describeSetting(name, given.get(name), config)),
    fileSettings: Object.fromEntries(
      [...(file?.settings ?? [])].map(([name, { text }]) => [name, text]),
    ),
    declaration: file?.declaration ?? { models: [], policies: [] },
    problems: [...problems, ...(file?.problems ?? [])],
    describe: file?.describe ?? (({ message }) => message),
  };
}

/**
 * The configuration of an app. Keys of providers in the file's models are not its business.
 * @throws ConfigError naming every variable that is wrong or missing, all at once.
 */
export function loadConfig(environment: Environment): Config {
  const { config, problems } = readConfig(environment, { lenient: true });
  if (config === null || problems.length > 0) throw invalidConfig(problems);
  return config;
}

export function invalidConfig(problems: readonly string[]): ConfigError {
  return new DomainError(
    'invalid-config',
    `the configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    { details: { problems } },
  );
}

function describeSetting(
  name: keyof Config,
  given: { text: string; source: SettingSource } | undefined,
  config: Config | null,
): EffectiveSetting {
  if (given !== undefined)
    return { name, value: redactSetting(name, given.text), source: given.source };
  const fallback = config?.[name] ?? configSchema.shape[name].safeParse(undefined).data;
  return fallback === undefined
    ? { name, value: null, source: 'unset' }
    : { name, value: String(fallback), source: 'default' };
}
