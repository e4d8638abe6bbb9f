import type { Command } from 'commander';
import { Option } from 'commander';
import { IMPORT_FORMATS, importDataSet } from '@zerorouter/pipelines';
import type { ImportFormat } from '@zerorouter/pipelines';
import { parseCount, report, seedOption } from './shared-options.js';

export function addImport(program: Command): void {
  program
    .command('import')
    .description('a public collection of outcomes → a data-set folder')
    .addOption(
      new Option('--format <name>', 'whose files they are')
        .choices(IMPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .requiredOption('--from <path>', 'file or folder, as it is published')
    .requiredOption('--out <dir>', 'the data-set folder to write; must not exist yet')
    .option('--limit <n>', 'only the first n queries', parseCount)
    .addOption(seedOption())
    .action(async (options: { format: ImportFormat; from: string; out: string; limit?: number }) =>
      report((onProgress) =>
        importDataSet({
          format: options.format,
          from: options.from,
          outDir: options.out,
          ...(options.limit === undefined ? {} : { limit: options.limit }),
          onProgress,
        }),
      ),
    );
}
