import { declaredModelSchema, declaredPolicySchema } from '@zerorouter/contracts';
import type {
  Declaration,
  DeclarationPath,
  DeclarationProblem,
  DeclaredModel,
  DeclaredPolicy,
} from '@zerorouter/contracts';
import type { z } from 'zod';
import { fieldErrors } from '../http/parse-with.js';
import { readSettings } from './file-settings.js';
import type { FileSetting } from './file-settings.js';
import { hasReference, resolveReferences } from './references.js';
import { YamlFile } from './yaml-file.js';

const SECTIONS = ['settings', 'models', 'policies'];

/** What a configuration file says, as far as it can be read, and every mistake in it. */
export interface ConfigFile {
  settings: ReadonlyMap<string, FileSetting>;
  declaration: Declaration;
  problems: readonly string[];
  /** A mistake with its place: `file:line:column path: message`. */
  describe: (problem: DeclarationProblem) => string;
}

export interface ConfigFileOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** The variables that there are. */
  known: readonly string[];
  /** Whether models and policies may refer to variables that are not set here. */
  lenient: boolean;
}

export function readConfigFile(path: string, options: ConfigFileOptions): ConfigFile {
  let file: YamlFile;
  try {
    file = YamlFile.read(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = `ZEROROUTER_CONFIG="${path}" cannot be read (${code ?? 'unknown'}): name a YAML file that is there`;
    return emptyFile([why]);
  }
  if (file.mistakes.length > 0) return emptyFile(file.mistakes);
  return interpret(file, options);
}

function interpret(file: YamlFile, { environment, known, lenient }: ConfigFileOptions): ConfigFile {
  const describe = (problem: DeclarationProblem): string => file.describe(problem);
  const top = file.data ?? {};
  if (typeof top !== 'object' || Array.isArray(top))
    return emptyFile([describe({ at: [], message: `must hold ${SECTIONS.join(', ')}` })]);
  const sections = top as Record<string, unknown>;
  const problems: DeclarationProblem[] = Object.keys(sections)
    .filter((name) => !SECTIONS.includes(name))
    .map((name) => ({ at: [name], message: `is no section; there are ${SECTIONS.join(', ')}` }));

  // Secrets are looked for in what is written, references are resolved in what is left.
  const written = readSettings(sections['settings'], known);
  problems.push(...written.problems);
  const settings = new Map<string, FileSetting>();
  for (const [name, { text, at }] of written.settings) {
    const resolved = resolveReferences(text, environment, { at });
    problems.push(...resolved.problems);
    if (resolved.problems.length === 0) settings.set(name, { text: String(resolved.data), at });
  }

  problems.push(...keysInClear(sections['models']));
  const take = (name: string): unknown => {
    const resolved = resolveReferences(sections[name] ?? undefined, environment, {
      at: [name],
      lenient,
    });
    problems.push(...resolved.problems);
    return resolved.data;
  };
  const models = readModels(take('models'), problems);
  const policies = readPolicies(take('policies'), problems);
  // What stands for a value that is not known here cannot be judged.
  const isOpen = ({ at }: DeclarationProblem): boolean => {
    const value = valueAt(sections, at);
    return lenient && at[0] !== 'settings' && typeof value === 'string' && hasReference(value);
  };
  return {
    settings,
    declaration: { models, policies },
    problems: problems.filter((problem) => !isOpen(problem)).map(describe),
    describe,
  };
}

function valueAt(data: unknown, at: DeclarationPath): unknown {
  return at.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    data,
  );
}

function emptyFile(problems: readonly string[]): ConfigFile {
  return {
    settings: new Map(),
    declaration: { models: [], policies: [] },
    problems,
    describe: ({ message }) => message,
  };
}

function readModels(section: unknown, problems: DeclarationProblem[]): Declaration['models'] {
  if (section === undefined) return [];
  if (!Array.isArray(section)) {
    problems.push({ at: ['models'], message: 'must be a list of models, each with a name' });
    return [];
  }
  return section.flatMap((entry: unknown, i) => {
    const at = ['models', i];
    const value = check<DeclaredModel>(declaredModelSchema, entry, at, problems);
    return value === null ? [] : [{ at, value }];
  });
}

function readPolicies(section: unknown, problems: DeclarationProblem[]): Declaration['policies'] {
  if (section === undefined) return [];
  if (typeof section !== 'object' || section === null || Array.isArray(section)) {
    problems.push({ at: ['policies'], message: 'must hold policies by their names' });
    return [];
  }
  return Object.entries(section as Record<string, unknown>).flatMap(([name, policy]) => {
    const at = ['policies', name];
    const found: DeclarationProblem[] = [];
    const value = check<DeclaredPolicy>(declaredPolicySchema, { name, policy }, [], found);
    // In the file the name is the key, and there is no member "policy".
    problems.push(
      ...found.map((problem) => ({
        at: [...at, ...problem.at.slice(1)],
        message: problem.message,
      })),
    );
    return value === null ? [] : [{ at, value }];
  });
}

/** Keys of providers belong into the environment. */
function keysInClear(models: unknown): DeclarationProblem[] {
  if (!Array.isArray(models)) return [];
  return models.flatMap((model: unknown, i) => {
    const { deployments } = (model ?? {}) as { deployments?: unknown };
    if (!Array.isArray(deployments)) return [];
    return deployments.flatMap((deployment: unknown, j) => {
      const { api_key: key } = (deployment ?? {}) as { api_key?: unknown };
      if (typeof key !== 'string' || hasReference(key)) return [];
      return [
        {
          at: ['models', i, 'deployments', j, 'api_key'],
          message:
            'holds the key itself, and files are copied and read: put it into the environment and write ${NAME} in its place',
        },
      ];
    });
  });
}

function check<Value>(
  schema: z.ZodType<Value>,
  entry: unknown,
  at: DeclarationPath,
  problems: DeclarationProblem[],
): Value | null {
  const parsed = schema.safeParse(entry);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path = [...at, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys)
        problems.push({ at: [...path, key], message: 'is not known here: take it out' });
    else if (issue.code === 'invalid_type' && /received undefined$/.test(issue.message))
      problems.push({ at: path, message: `is missing: it must be a ${issue.expected}` });
    else problems.push({ at: path, message: fieldErrors([issue])[0]!.message });
  }
  return null;
}
