import { resolve } from 'node:path';
import type { Command } from 'commander';

interface CheckOptions {
  dryRun?: boolean;
  withoutSecrets?: boolean;
}

export function addConfig(program: Command): void {
  const config = program.command('config').description('the configuration of the apps');
  config
    .command('check')
    .description(
      'environment and file → every mistake with its place, or the settings that hold and what is declared',
    )
    .argument('[file]', 'the YAML file; default: the one that ZEROROUTER_CONFIG names')
    .option('--dry-run', 'tell what a start would create or change in DATABASE_URL; writes nothing')
    .option('--without-secrets', 'let references to variables pass that are not set here')
    .action(async (file: string | undefined, options: CheckOptions) => check(file, options));
}

async function check(file: string | undefined, options: CheckOptions): Promise<void> {
  // Loaded here: the verbs on files do without Nest and Postgres.
  const [{ invalidConfig, readConfig }, { checkDeclaration, reconcile }] = await Promise.all([
    import('@zerorouter/platform'),
    import('@zerorouter/administration'),
  ]);
  const environment = {
    ...process.env,
    ...(file === undefined ? {} : { ZEROROUTER_CONFIG: resolve(file) }),
  };
  const { config, declaration, describe, effective, problems } = readConfig(environment, {
    lenient: options.withoutSecrets === true,
    // `npm start` supplies it; only who looks into a database needs to name one.
    supplied: options.dryRun === true ? [] : ['DATABASE_URL'],
  });
  const allowPrivate = effective.find(({ name }) => name === 'PROVIDER_ALLOW_PRIVATE')?.value;
  const mistakes = checkDeclaration(declaration, {
    PROVIDER_ALLOW_PRIVATE: allowPrivate === 'true' ? 'true' : 'false',
  });
  const all = [...problems, ...mistakes.map(describe)];
  if (all.length > 0) throw invalidConfig(all);

  const summary = {
    valid: true,
    settings: Object.fromEntries(
      effective.map(({ name, value, source }) => [name, { value, source }]),
    ),
    models: declaration.models.map(({ value }) => value.name),
    policies: declaration.policies.map(({ value }) => value.name),
  };
  let steps: Awaited<ReturnType<typeof reconcile>> | undefined;
  if (options.dryRun === true && config !== null) {
    const { connectDatabase } = await import('@zerorouter/database');
    const database = connectDatabase(config.DATABASE_URL, { maxConnections: 2 });
    try {
      steps = await reconcile(declaration, database, { settings: config, dryRun: true });
    } finally {
      await database.close();
    }
  }
  process.stdout.write(
    `${JSON.stringify({ ...summary, ...(steps === undefined ? {} : { steps }) }, null, 2)}\n`,
  );
  const from = environment.ZEROROUTER_CONFIG || 'the environment';
  process.stderr.write(`${from} is valid\n`);
}
