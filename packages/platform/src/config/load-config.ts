import { DomainError } from '@zerorouter/contracts';
import { configSchema } from './variables.js';
import type { Config } from './variables.js';

export type ConfigError = DomainError<'invalid-config'>;

/**
 * Reads the configuration from environment variables. An empty value counts as unset, since compose
 * files pass those on.
 * @throws ConfigError naming every variable that is wrong or missing, all at once.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(configSchema.shape).map((name) => [name, environment[name] || undefined]),
  );
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);

  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return given[name] === undefined
      ? `${name} is not set (${configSchema.shape[name as keyof Config].description})`
      : `${name}="${redact(name, given[name])}": ${issue.message}`;
  });
  throw new DomainError(
    'invalid-config',
    `the environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    { details: { problems } },
  );
}

/** A URL may hold a password, and a key is one: its name is enough to find it. */
function redact(name: string, value: string): string {
  if (name.startsWith('SECRETS_KEY')) return '…';
  return name.endsWith('_URL') ? value.replace(/\/\/[^@/]*@/, '//…@') : value;
}
