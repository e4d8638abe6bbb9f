import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { PolicyPreset, UtilityWeights } from '@zerorouter/optimizer';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import type { RouteOptions } from '@zerorouter/pipelines';
import { BadInputError } from '@zerorouter/data-set';
import { routeToFile } from '@zerorouter/pipelines';
import { STARTER_SPACE_DIR } from '@zerorouter/starter-space';
import { encoderFromEnvironment } from '../encoder-from-environment.js';
import { collect, report, seedOption } from './shared-options.js';

interface RouteFlags {
  predictions?: string;
  queries?: string;
  space: string;
  profiles: string[];
  models: string[];
  policy: PolicyPreset;
  weights?: UtilityWeights;
  budgetUsd?: number;
  capacity?: Map<string, number>;
  maxLatencyS?: number;
  minAccuracy?: number;
  out: string;
}

export function addRoute(program: Command): void {
  program
    .command('route')
    .description('one model for each query: by utility, or the best under constraints')
    .option('--predictions <file>', 'predictions, CSV as of the verb predict')
    .addOption(
      new Option('--queries <file>', 'queries to predict first, JSON lines').conflicts(
        'predictions',
      ),
    )
    .option('--space <dir>', 'latent space', STARTER_SPACE_DIR)
    .addOption(
      new Option('--profiles <file>', 'profiles of onboarded models; repeat for several')
        .default([])
        .argParser(collect)
        .conflicts('predictions'),
    )
    .addOption(
      new Option('--models <glob>', 'models to choose from; repeat for several')
        .default([])
        .argParser(collect)
        .conflicts('predictions'),
    )
    .addOption(
      new Option('--policy <name>', 'what counts where nothing constrains')
        .choices(Object.keys(POLICY_PRESETS))
        .default('balanced' satisfies PolicyPreset),
    )
    .addOption(
      new Option('--weights <a,c,l>', 'weights of accuracy, cost and latency instead of a policy')
        .argParser(parseWeights)
        .conflicts('policy'),
    )
    .option('--budget-usd <b>', 'of all calls together', parseAmount)
    .option('--capacity <model=n>', 'calls that a model can take; repeat for several', addCapacity)
    .option('--max-latency-s <s>', 'ceiling of each call, expected, end to end', parseAmount)
    .option('--min-accuracy <p>', 'floor of the mean P(correct), at the least cost', parseShare)
    .requiredOption('--out <file>', 'the choices to write, CSV')
    .addOption(seedOption())
    .action(async (flags: RouteFlags) =>
      report((onProgress) =>
        routeToFile(toOptions(flags), encoderFromEnvironment(process.env), onProgress),
      ),
    );
}

function toOptions(flags: RouteFlags): RouteOptions {
  const { budgetUsd, capacity, maxLatencyS, minAccuracy } = flags;
  return {
    source: sourceOf(flags),
    weights: flags.weights ?? POLICY_PRESETS[flags.policy],
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(maxLatencyS === undefined ? {} : { maxLatencyS }),
    ...(minAccuracy === undefined ? {} : { minMeanAccuracy: minAccuracy }),
    outFile: flags.out,
  };
}

function sourceOf(flags: RouteFlags): RouteOptions['source'] {
  if (flags.predictions !== undefined)
    return { predictionsFile: flags.predictions, spaceDir: flags.space };
  if (flags.queries === undefined)
    throw new BadInputError('route', null, 'needs --predictions FILE.csv or --queries FILE');
  return {
    spaceDir: flags.space,
    profilesFiles: flags.profiles,
    queriesFile: flags.queries,
    models: flags.models,
  };
}

function parseAmount(value: string): number {
  const amount = Number(value);
  if (value.trim() === '' || !(amount >= 0) || !Number.isFinite(amount))
    throw new InvalidArgumentError('expected a number from 0.');
  return amount;
}

function parseShare(value: string): number {
  const share = parseAmount(value);
  if (share > 1) throw new InvalidArgumentError('expected a number from 0 to 1.');
  return share;
}

function parseWeights(value: string): UtilityWeights {
  const weights = value.split(',').map(parseAmount);
  if (weights.length !== 3)
    throw new InvalidArgumentError('expected three numbers from 0: accuracy,cost,latency.');
  const [accuracy, cost, latency] = weights as [number, number, number];
  return { accuracy, cost, latency };
}

/** The last "=" divides: model names may hold one. */
function addCapacity(value: string, earlier = new Map<string, number>()): Map<string, number> {
  const at = value.lastIndexOf('=');
  const calls = Number(value.slice(at + 1));
  if (at < 1 || value.slice(at + 1).trim() === '' || !Number.isSafeInteger(calls) || calls < 0)
    throw new InvalidArgumentError('expected MODEL=N with a whole number N from 0.');
  if (earlier.has(value.slice(0, at)))
    throw new InvalidArgumentError(`"${value.slice(0, at)}" has a capacity already.`);
  return earlier.set(value.slice(0, at), calls);
}
