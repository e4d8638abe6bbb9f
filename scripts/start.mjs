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
      const { superviseStack } = await import('../packages/local-stack/dist/index.js');
      const { resolve } = await import('node:path');
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
