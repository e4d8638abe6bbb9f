import type { DeclarationPath, DeclarationProblem } from '@zerorouter/contracts';

type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$(\$?)\{([^}]*)\}/g;
const NAME = /^[A-Za-z_]\w*$/;

/** Whether a text takes something from the environment. */
export function hasReference(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some(([, escaped]) => escaped === '');
}

/**
 * Puts the environment's values in the place of `${NAME}`, in all texts of some data; `$${` stands for
 * `${`. With `lenient` a reference to what is not set stays as it is written.
 */
export function resolveReferences(
  data: unknown,
  environment: Environment,
  { at, lenient = false }: { at: DeclarationPath; lenient?: boolean },
): { data: unknown; problems: DeclarationProblem[] } {
  const problems: DeclarationProblem[] = [];
  const resolve = (value: unknown, here: DeclarationPath): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(REFERENCE, (whole: string, escaped: string, name: string) => {
        if (escaped !== '') return whole.slice(1);
        if (!NAME.test(name)) {
          problems.push({
            at: here,
            message: `"${whole}" names no variable: write \${NAME}, or $\${ for the two characters`,
          });
          return whole;
        }
        const found = environment[name] || undefined;
        if (found === undefined && !lenient)
          problems.push({ at: here, message: `${name} is not set: set it in the environment` });
        return found ?? whole;
      });
    if (Array.isArray(value)) return value.map((each, i) => resolve(each, [...here, i]));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, resolve(each, [...here, key])]),
      );
    return value;
  };
  return { data: resolve(data, at), problems };
}
