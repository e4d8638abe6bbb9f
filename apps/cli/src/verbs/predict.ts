import type { Command } from 'commander';
import { predictToFile } from '@zerorouter/pipelines';
import { STARTER_SPACE_DIR } from '@zerorouter/starter-space';
import { encoderFromEnvironment } from '../encoder-from-environment.js';
import { collect, report, seedOption } from './shared-options.js';

export function addPredict(program: Command): void {
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
}
