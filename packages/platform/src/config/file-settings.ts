import type { DeclarationPath, DeclarationProblem } from '@zerorouter/contracts';
import { hasReference } from './references.js';
import { isSecret, PASSWORD_IN_URL } from './redact-setting.js';

/** A setting of a file, as the environment would give it. */
export interface FileSetting {
  text: string;
  at: DeclarationPath;
}

/**
 * The variables that a tree of settings stands for: keys are joined with "_", so that
 * `database: { max_connections: 20 }` and `database_max_connections: 20` are DATABASE_MAX_CONNECTIONS;
 * `name` in a group is the variable of the group itself (`encoder: { name: … }` is ENCODER).
 */
export function readSettings(
  tree: unknown,
  known: readonly string[],
): { settings: Map<string, FileSetting>; problems: DeclarationProblem[] } {
  const settings = new Map<string, FileSetting>();
  const problems: DeclarationProblem[] = [];
  const take = (value: unknown, path: readonly string[]): void => {
    const at = ['settings', ...path];
    const refuse = (message: string): void => void problems.push({ at, message });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, each] of Object.entries(value)) take(each, [...path, key]);
      return;
    }
    if (path.length === 0) return refuse('must hold settings by their names');
    const name = variableOf(path, known);
    if (name === null) return refuse(unknownSetting(path, known));
    const earlier = settings.get(name);
    if (earlier !== undefined)
      return refuse(`is ${name}, which ${earlier.at.join('.')} has set already: keep one of them`);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return refuse(
        value === null
          ? 'has no value: give one, or take the line out'
          : 'must be a text, a number, true or false',
      );
    const text = String(value);
    if (holdsSecret(name, text))
      return refuse(
        'holds a secret itself, and files are copied and read: put it into the environment and write ${NAME} in its place',
      );
    settings.set(name, { text, at });
  };
  if (tree !== null && tree !== undefined) take(tree, []);
  return { settings, problems };
}

function variableOf(path: readonly string[], known: readonly string[]): string | null {
  const join = (parts: readonly string[]) => parts.join('_').toUpperCase();
  const name = join(path);
  if (known.includes(name)) return name;
  const group = join(path.slice(0, -1));
  return path.at(-1) === 'name' && known.includes(group) ? group : null;
}

function holdsSecret(name: string, text: string): boolean {
  if (isSecret(name)) return !hasReference(text);
  const password = PASSWORD_IN_URL.exec(text)?.[1];
  return password !== undefined && !hasReference(password);
}

function unknownSetting(path: readonly string[], known: readonly string[]): string {
  const wanted = path.join('_').toLowerCase();
  const [nearest] = known
    .map((name) => ({ name: name.toLowerCase(), far: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const hint =
    nearest !== undefined && nearest.far <= Math.max(2, wanted.length / 3)
      ? `; did you mean "${nearest.name}"?`
      : ', and none is like it: docs/configuration.md lists them';
  return `there is no setting "${wanted}"${hint}`;
}

/** How many letters must be put in, left out or changed to make one word of another (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[to.length]!;
}
