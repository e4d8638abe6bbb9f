import { Command, InvalidArgumentError, Option } from 'commander';
import { calibrateDataSets, predictToFile, profileModels } from '@zerorouter/pipelines';
import type { AnchorDesign } from '@zerorouter/latent-space';
import { STARTER_SPACE_DIR } from '@zerorouter/starter-space';
import { cacheFolder, encoderFromEnvironment } from './encoder-from-environment.js';
import { ProgressReport } from './progress-report.js';

/**
 * The verbs of the offline protocol. Stdout carries one JSON object, the summary; progress and
 * errors go to stderr. Relative paths resolve against the caller's folder.
 */
export function buildProgram(): Command {
  const program = new Command('zerorouter')
    .description('Calibrate latent spaces, onboard models and predict, on files.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

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
    .requiredOption('--out <dir>', 'the latent space to write')
    .addOption(seedOption())
    .action(
      async (options: {
        data: string[];
        dimensions: number | 'auto';
        preset?: 'paper';
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
            cacheDir: cacheFolder(process.env, 'embeddings'),
            onProgress,
          });
          return {
            version: manifest.version,
            dimensions: manifest.dimensions,
            counts: manifest.counts,
            heldOut: manifest.heldOut,
          };
        }),
    );

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

  program
    .command('predict')
    .description('forecast every query × model: correctness, length, cost, latency')
    .option('--space <dir>', 'latent space', STARTER_SPACE_DIR)
    .option('--profiles <file>', 'profiles of onboarded models; repeat for several', collect, [])
    .requiredOption('--queries <file>', 'queries, JSON lines')
    .option('--models <glob>', 'models to predict for; repeat for several', collect, [])
    .requiredOption('--out <file>', 'the predictions to write, CSV')
    .addOption(seedOption())
    .action(
      async (options: {
        space: string;
        profiles: string[];
        queries: string;
        models: string[];
        out: string;
      }) =>
        report((onProgress) =>
          predictToFile(
            {
              spaceDir: options.space,
              profilesFiles: options.profiles,
              queriesFile: options.queries,
              models: options.models,
              outFile: options.out,
            },
            encoderFromEnvironment(process.env),
            onProgress,
          ),
        ),
    );
  return program;
}

async function report(
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

function seedOption(): Option {
  return new Option('--seed <n>', 'seed of all randomness').default(1).argParser(parseCount);
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new InvalidArgumentError('expected a whole number from 0.');
  return count;
}

function parseDimensions(value: string): number | 'auto' {
  if (value === 'auto') return value;
  const dimensions = Number(value);
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 64)
    throw new InvalidArgumentError('expected "auto" or a whole number from 1 to 64.');
  return dimensions;
}
