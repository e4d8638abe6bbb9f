import { parseArgs } from 'node:util';
import { DomainError } from '@zerorouter/contracts';
import { setUp } from './set-up.js';

const { values } = parseArgs({
  options: {
    /** Also makes a further admin key, for who has lost the first. */
    'new-admin-key': { type: 'boolean', default: false },
    /** Keeps a key with which this machine's programs route and chat in that file. */
    'local-key-file': { type: 'string' },
  },
});

// A setup whose supervisor was killed must not go on beside the next one.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();

/** Results go to stdout, progress to stderr. */
try {
  const { adminKey } = await setUp(process.env, {
    newAdminKey: values['new-admin-key'],
    localKeyFile: values['local-key-file'] ?? null,
    note: (line) => process.stderr.write(`setup: ${line}\n`),
  });
  if (adminKey !== null) {
    process.stdout.write(`admin key (shown once): ${adminKey}\n`);
  }
} catch (error) {
  const expected = error instanceof DomainError;
  process.stderr.write(`setup: ${expected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
