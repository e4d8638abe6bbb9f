const LONGEST_MESSAGE = 1_000;
const LONGEST_STACK = 4_000;
const DEEPEST_CAUSE = 4;

export interface DescribedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: DescribedError;
}

/**
 * What logs say of an error. Its other properties stay out: those of a database driver hold the values of the row, those
 * of an HTTP client its headers.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: short(String(error)) };
  const { name, message, stack, cause } = error;
  // Prisma's validation prints the whole call, values and all, and then one line that says what is wrong.
  const said =
    name === 'PrismaClientValidationError' ? (message.trim().split('\n').at(-1) ?? '') : message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: name,
    message: short(said),
    // The stack begins with the message, which may be long.
    ...(stack === undefined ? {} : { stack: framesOf(stack) }),
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined || cause === null || depth >= DEEPEST_CAUSE
      ? {}
      : { cause: describeError(cause, depth + 1) }),
  };
}

function short(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.join('\n').slice(0, LONGEST_STACK);
}
