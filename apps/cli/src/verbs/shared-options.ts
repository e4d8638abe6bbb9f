import { InvalidArgumentError, Option } from 'commander';
import { ProgressReport } from '../progress-report.js';

/** Runs a verb: its summary goes to stdout as one JSON object, its progress to stderr. */
export async function report(
  run: (onProgress: ProgressReport['listener']) => Promise<object>,
): Promise<void> {
  const progress = new ProgressReport();
  try {
    const summary = await run(progress.listener);
    progress.end();
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  } finally {
    progress.end();
  }
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'seed of all randomness').default(1).argParser(parseCount);
}

/** The values of an option that is repeated. */
export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

export function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new InvalidArgumentError('expected a whole number from 0.');
  return count;
}
