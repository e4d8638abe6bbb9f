import { DomainError } from '@zerorouter/contracts';
import { setUp } from './set-up.js';

/** `--new-admin-key` also makes a further admin key, for who has lost the first. */
const wantsKey = process.argv.slice(2).includes('--new-admin-key');

// A setup whose supervisor was killed must not go on beside the next one.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();

/** Results go to stdout, progress to stderr. */
try {
  const { adminKey } = await setUp(process.env, {
    newAdminKey: wantsKey,
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
