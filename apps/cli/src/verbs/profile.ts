import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { profileModels } from '@zerorouter/pipelines';
import type { AnchorDesign } from '@zerorouter/latent-space';
import { STARTER_SPACE_DIR } from '@zerorouter/starter-space';
import { encoderFromEnvironment } from '../encoder-from-environment.js';
import { parseCount, report, seedOption } from './shared-options.js';

export function addProfile(program: Command): void {
  program
    .command('profile')
    .description('onboard models from recorded answers to a few anchor queries')
    .option('--space <dir>', 'latent space', STARTER_SPACE_DIR)
    .requiredOption('--data <dir>', 'data-set folder that holds the texts')
    .requiredOption('--outcomes <file>', 'outcomes of the models to profile')
    .requiredOption('--anchors <n>', 'anchors a model, at most', parseCount)
    .addOption(
      new Option('--design <name>', 'how anchors are chosen')
        .choices(['adaptive', 'log-det', 'stratified', 'random'] satisfies AnchorDesign[])
        .default('adaptive'),
    )
    .option(
      '--target-sd <sd>',
      'ask no more of a model once its expected accuracy has this standard deviation',
      parsePositive,
    )
    .option('--per-cost', 'choose anchors by what they tell per unit of their expected cost', false)
    .option(
      '--max-exposure <share>',
      'ask no query of more than this share of the models',
      parsePositive,
    )
    .option('--models-info <file>', 'prices and sizes; default: models.json of the data folder')
    .option('--output-chars <file>', 'lengths of the answers')
    .requiredOption('--out <file>', 'the profiles to write')
    .addOption(seedOption())
    .action(
      async (options: {
        space: string;
        data: string;
        outcomes: string;
        anchors: number;
        design: AnchorDesign;
        targetSd?: number;
        perCost: boolean;
        maxExposure?: number;
        modelsInfo?: string;
        outputChars?: string;
        out: string;
        seed: number;
      }) =>
        report(async (onProgress) => {
          const file = await profileModels(
            {
              spaceDir: options.space,
              dataDir: options.data,
              outcomesFile: options.outcomes,
              anchors: options.anchors,
              design: options.design,
              seed: options.seed,
              ...(options.targetSd === undefined ? {} : { targetDeviation: options.targetSd }),
              perCost: options.perCost,
              ...(options.maxExposure === undefined ? {} : { maxExposure: options.maxExposure }),
              ...(options.modelsInfo === undefined ? {} : { modelsInfoFile: options.modelsInfo }),
              ...(options.outputChars === undefined
                ? {}
                : { outputCharsFile: options.outputChars }),
              outFile: options.out,
            },
            encoderFromEnvironment(process.env),
            onProgress,
          );
          return {
            spaceVersion: file.spaceVersion,
            models: file.models.map(({ model, anchors, expectedAccuracy }) => ({
              model,
              anchors: anchors.length,
              expectedAccuracy,
            })),
          };
        }),
    );
}

function parsePositive(value: string): number {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number))
    throw new InvalidArgumentError('expected a number above 0.');
  return number;
}
