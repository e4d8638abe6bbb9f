// Node's version is checked before a newer syntax is read.
import('./node-version.mjs')
  .then(() => import('./bootstrap.mjs'))
  .then(({ bootstrap, runCommand }) => {
    runCommand(async () => {
      await bootstrap();
      const { runTests } = await import('./run-tests.mjs');
      return runTests(process.argv.slice(2));
    });
  });
