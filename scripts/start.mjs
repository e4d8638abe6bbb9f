/**
 * The settings of a configuration file count where the environment has none, for the supervisor too:
 * it hands its environment on to all that it starts.
 */
async function takeConfigFile(resolve, root) {
  if (!process.env.ZEROROUTER_CONFIG) {
    return;
  }
  // npm runs scripts in the clone and tells where it was called.
  const { npm_lifecycle_event: script, INIT_CWD: calledFrom } = process.env;
  const base = script === 'start' && calledFrom ? calledFrom : root;
  process.env.ZEROROUTER_CONFIG = resolve(base, process.env.ZEROROUTER_CONFIG);
  const { readConfig } = await import('../packages/platform/dist/index.js');
  for (const [name, value] of Object.entries(readConfig(process.env).fileSettings)) {
    process.env[name] ||= value;
  }
}

/** Makes one more admin key, for who has lost the first. */
const NEW_KEY = '--new-admin-key';

// Node's version is checked before a newer syntax is read.
import('./node-version.mjs')
  .then(() => import('./bootstrap.mjs'))
  .then(({ PlainFailure, ROOT, bootstrap, lockCommands, runCommand }) => {
    runCommand(async () => {
      const args = process.argv.slice(2);
      if (args.some((arg) => arg !== NEW_KEY)) {
        throw new PlainFailure(`npm start takes one argument, ${NEW_KEY}: npm start -- ${NEW_KEY}`);
      }
      await bootstrap();
      const { resolve } = await import('node:path');
      await takeConfigFile(resolve, ROOT);
      const { superviseStack } = await import('../packages/local-stack/dist/index.js');
      const stateDir = resolve(ROOT, process.env.ZEROROUTER_STATE_DIR || '.zerorouter');
      // Of two starts at once the second must find the first one's record.
      const release = await lockCommands(stateDir);
      try {
        return await superviseStack(
          { rootDir: ROOT, stateDir, newAdminKey: args.includes(NEW_KEY) },
          process.env,
          release,
        );
      } finally {
        release();
      }
    });
  });
