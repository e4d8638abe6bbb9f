import { Command } from 'commander';
import { addCalibrate } from './verbs/calibrate.js';
import { addConfig } from './verbs/config.js';
import { addImport } from './verbs/import.js';
import { addEvaluate } from './verbs/evaluate.js';
import { addPredict } from './verbs/predict.js';
import { addProfile } from './verbs/profile.js';
import { addRoute } from './verbs/route.js';

/**
 * The verbs of the offline protocol, and the check of the apps' configuration. Stdout carries one JSON object, the summary; progress and
 * errors go to stderr. Relative paths resolve against the caller's folder.
 */
export function buildProgram(): Command {
  const program = new Command('zerorouter')
    .description('Calibrate latent spaces, onboard models, predict and route, on files.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  for (const add of [addCalibrate, addProfile, addPredict, addRoute, addEvaluate, addImport])
    add(program);
  addConfig(program);
  return program;
}
