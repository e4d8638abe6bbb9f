import { DomainError } from '@zerorouter/contracts';

/** Input that cannot be used: one line that says which file, which line, what, and how to mend it. */
export class BadInputError extends DomainError<'bad_input'> {
  constructor(file: string, line: number | null, problem: string, cause?: unknown) {
    super('bad_input', `${file}${line === null ? '' : `:${line}`}: ${problem}`, {
      details: { file, ...(line === null ? {} : { line }) },
      cause,
    });
  }
}
