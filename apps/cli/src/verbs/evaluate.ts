import type { Command } from 'commander';
import { Option } from 'commander';
import type { EvaluateOptions } from '@zerorouter/pipelines';
import { evaluateDataSets } from '@zerorouter/pipelines';
import { cacheFolder, encoderFromEnvironment } from '../encoder-from-environment.js';
import { collect, parseCount, report, seedOption } from './shared-options.js';

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('how well models and queries that were left out are foretold → a report')
    .requiredOption('--data <dir>', 'data-set folder; repeat for several', collect, [])
    .option('--space <dir>', 'judge this latent space as it is, instead of calibrating on parts')
    .addOption(
      new Option('--protocol <cell>', 'seen or unseen models × in or out of domain')
        .choices([
          'id',
          'unseen',
          'ood',
          'unseen-ood',
          'all',
        ] satisfies EvaluateOptions['protocol'][])
        .default('all'),
    )
    .option(
      '--anchors <n>',
      'number of anchors of the onboarding curves; repeat for several',
      (value, earlier: number[]) => [...earlier, parseCount(value)],
      [],
    )
    .option('--groups <file>', 'benchmark groups: {"name": ["<data set>/<benchmark glob>", …]}')
    .option('--fast', 'a rough look: fewer queries, draws, designs and groups', false)
    .requiredOption('--out <dir>', 'where report.json and report.html go')
    .addOption(seedOption())
    .action(
      async (options: {
        data: string[];
        space?: string;
        protocol: EvaluateOptions['protocol'];
        anchors: number[];
        groups?: string;
        fast: boolean;
        out: string;
        seed: number;
      }) =>
        report(async (onProgress) => {
          const { summary, notes } = await evaluateDataSets({
            options: {
              dataDirs: options.data,
              protocol: options.protocol,
              outDir: options.out,
              seed: options.seed,
              anchors: options.anchors,
              fast: options.fast,
              ...(options.space === undefined ? {} : { spaceDir: options.space }),
              ...(options.groups === undefined ? {} : { groupsFile: options.groups }),
            },
            encoder: encoderFromEnvironment(process.env),
            cacheDir: cacheFolder(process.env, 'embeddings'),
            onProgress,
          });
          return {
            cells: summary.map(({ cell, arm, rows, methods, logLoss, auc }) => ({
              cell,
              ...(arm === null ? {} : { arm }),
              rows,
              ...methods['zerorouter'],
              againstSimple: {
                logLoss: logLoss.find(({ family }) => family === 'simple') ?? null,
                auc: auc.find(({ family }) => family === 'simple') ?? null,
              },
            })),
            notes,
          };
        }),
    );
}
