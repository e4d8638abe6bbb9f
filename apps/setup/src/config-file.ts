import type { Config } from '@zerorouter/platform';
import type { Declaration } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';

/** What the setup takes from a configuration file. */
export interface SetupConfig {
  config: Config;
  declaration: Declaration;
}

/**
 * The configuration with its file, wholly checked; null where ZEROROUTER_CONFIG names none.
 * @throws DomainError `invalid-config` with every mistake
 */
export async function readSetupConfig(environment: NodeJS.ProcessEnv): Promise<SetupConfig | null> {
  if (!environment['ZEROROUTER_CONFIG']) {
    return null;
  }
  // They bring Nest along, which a setup without a file spares itself.
  const [{ invalidConfig, readConfig }, { checkDeclaration }] = await Promise.all([
    import('@zerorouter/platform'),
    import('@zerorouter/administration'),
  ]);
  const { config, declaration, describe, problems } = readConfig(environment);
  const settings = { PROVIDER_ALLOW_PRIVATE: config?.PROVIDER_ALLOW_PRIVATE ?? 'false' };
  const all = [...problems, ...checkDeclaration(declaration, settings).map(describe)];
  if (config === null || all.length > 0) {
    throw invalidConfig(all);
  }
  return { config, declaration };
}

/** Creates and updates what the file declares, and says what has changed. */
export async function applyConfigFile(
  database: Database,
  { config, declaration }: SetupConfig,
  note: (line: string) => void,
): Promise<void> {
  const { reconcile } = await import('@zerorouter/administration');
  const steps = await reconcile(declaration, database, { settings: config, dryRun: false });
  for (const { kind, name, action, changes } of steps) {
    if (action === 'create') {
      note(`${kind} ${name}: created`);
    } else if (action === 'update') {
      note(`${kind} ${name}: updated (${changes.join(', ')})`);
    }
  }
}
