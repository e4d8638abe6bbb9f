// Node's version is checked before a newer syntax is read.
import('./node-version.mjs')
  .then(() => import('./bootstrap.mjs'))
  .then(({ ROOT, bootstrap, lockCommands, runCommand }) => {
    runCommand(async () => {
      await bootstrap();
      const { superviseStack } = await import('../packages/local-stack/dist/index.js');
      const { resolve } = await import('node:path');
      const stateDir = resolve(ROOT, process.env.ZEROROUTER_STATE_DIR || '.zerorouter');
      // Of two starts at once the second must find the first one's record.
      const release = await lockCommands(stateDir);
      try {
        return await superviseStack({ rootDir: ROOT, stateDir }, process.env, release);
      } finally {
        release();
      }
    });
  });
