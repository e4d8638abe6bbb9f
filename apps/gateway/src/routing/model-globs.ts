import { DomainError, matchesGlob } from '@zerorouter/contracts';

/**
 * Which of the models the patterns admit.
 * @throws DomainError `unknown-model` when a pattern fits none of them, listing what there is.
 */
export function admitByGlobs(patterns: readonly string[], models: readonly string[]): boolean[] {
  const idle = patterns.filter((pattern) => !models.some((name) => matchesGlob(pattern, name)));
  if (idle.length > 0)
    throw new DomainError(
      'unknown-model',
      `no model fits ${idle.map((pattern) => `"${pattern}"`).join(', ')}; there are: ${models.join(', ') || 'none'}`,
      {
        details: {
          errors: idle.map((pattern) => ({
            path: `models.${patterns.indexOf(pattern)}`,
            message: `"${pattern}" fits no model`,
          })),
          models,
        },
      },
    );
  return models.map((name) => patterns.some((pattern) => matchesGlob(pattern, name)));
}
