// Node's version is checked before a newer syntax is read.
import('./node-version.mjs')
  .then(() => import('./bootstrap.mjs'))
  .then(({ ROOT, bootstrap, runCommand }) => {
    runCommand(async () => {
      await bootstrap();
      const path = await import('node:path');
      const { pathToFileURL } = await import('node:url');
      // npm runs scripts in the clone and tells where it was called; a stale INIT_CWD of an npm
      // further up must not count.
      if (process.env.npm_lifecycle_event === 'zr' && process.env.INIT_CWD) {
        process.chdir(process.env.INIT_CWD);
      }
      process.env.ENCODER_CACHE_DIR ??= path.join(ROOT, '.zerorouter', 'encoder');
      // In this very process: the CLI's stdout, signals and exit code are those of the command.
      const cli = path.join(ROOT, 'apps', 'cli', 'dist', 'main.js');
      process.argv[1] = cli;
      await import(pathToFileURL(cli).href);
    });
  });
