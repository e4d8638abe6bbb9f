#!/usr/bin/env node
import { CommanderError } from 'commander';
import { DomainError } from '@zerorouter/contracts';
import { buildProgram } from './program.js';

/** Exit codes of the offline protocol: bad input, constraints that cannot be kept, our own fault. */
const BAD_INPUT = 2;
const INFEASIBLE = 3;
const FAILURE = 1;

try {
  await buildProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  else if (error instanceof DomainError || isNamedError(error)) {
    process.stderr.write(`zerorouter: ${(error as Error).message}\n`);
    process.exitCode =
      error instanceof DomainError && error.code === 'infeasible' ? INFEASIBLE : BAD_INPUT;
  } else {
    process.stderr.write(`zerorouter: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = FAILURE;
  }
}

/** Errors of the encoder package say what to mend, as domain errors do. */
function isNamedError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('encoder_')
  );
}
