import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { calibrateDataSets } from '@zerorouter/pipelines';
import { cacheFolder, encoderFromEnvironment } from '../encoder-from-environment.js';
import { collect, report, seedOption } from './shared-options.js';

export function addCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description('outcomes of many models → a latent space')
    .requiredOption('--data <dir>', 'data-set folder; repeat for several', collect, [])
    .addOption(
      new Option('--dimensions <n>', 'latent dimensions, a number or auto')
        .default('auto' as const)
        .argParser(parseDimensions),
    )
    .addOption(
      new Option('--preset <name>', 'paper: 20 dimensions and a difficulty vector').choices([
        'paper',
      ]),
    )
    .option('--link <dir>', 'bring it to the coordinates of this earlier latent space')
    .requiredOption('--out <dir>', 'the latent space to write')
    .addOption(seedOption())
    .action(
      async (options: {
        data: string[];
        dimensions: number | 'auto';
        preset?: 'paper';
        link?: string;
        out: string;
        seed: number;
      }) =>
        report(async (onProgress) => {
          const manifest = await calibrateDataSets({
            dataDirs: options.data,
            options: {
              dimensions: options.dimensions,
              seed: options.seed,
              ...(options.preset === undefined ? {} : { preset: options.preset }),
            },
            encoder: encoderFromEnvironment(process.env),
            outDir: options.out,
            ...(options.link === undefined ? {} : { linkDir: options.link }),
            cacheDir: cacheFolder(process.env, 'embeddings'),
            onProgress,
          });
          return {
            version: manifest.version,
            dimensions: manifest.dimensions,
            counts: manifest.counts,
            heldOut: manifest.heldOut,
            ...(manifest.link === undefined ? {} : { link: manifest.link }),
          };
        }),
    );
}

function parseDimensions(value: string): number | 'auto' {
  if (value === 'auto') return value;
  const dimensions = Number(value);
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 64)
    throw new InvalidArgumentError('expected "auto" or a whole number from 1 to 64.');
  return dimensions;
}
