import {
  decodeModel,
  encodeModel,
  OnnxFormatError,
  type GraphProto,
  type ModelProto,
  type OperatorSetId,
  type ValueInfoProto,
} from './model-proto.js';
import { isStandard, raiseOpset } from './raise-opset.js';
import { renameValues } from './rename-values.js';

export interface ComposeOptions {
  /** The outputs to keep, by name; default: all that are left. */
  readonly outputs?: readonly string[];
}

/**
 * Joins two ONNX models into one graph: `wiring` maps outputs of the first to inputs of the second.
 *
 * Inputs and outputs that are left keep their names; the wired ones disappear; every inner name
 * gets the prefix `encoder/` or `head/`. The model with the older operator set is raised to the
 * newer one.
 *
 * @returns the bytes of the joined model.
 * @throws OnnxFormatError when a wired name does not exist, when both have an input or output of
 *   one name, when weights lie outside the file, or when an operator set cannot be raised.
 */
export function composeModels(
  encoder: Uint8Array,
  head: Uint8Array,
  wiring: Readonly<Record<string, string>>,
  { outputs }: ComposeOptions = {},
): Uint8Array {
  const [first, second] = [decodeModel(encoder), decodeModel(head)];
  for (const model of [first, second]) {
    requireInnerWeights(model.graph);
    dropDefaultedInputs(model.graph);
  }
  const opsetImport = agreeOnOpsets(first, second);
  const wires = new Map(Object.entries(wiring));
  requireNames(first.graph.output, wires.keys(), 'output', 'first');
  requireNames(second.graph.input, wires.values(), 'input', 'second');

  const wired = new Map([...wires].map(([output, input]) => [input, `encoder/${output}`]));
  const leftOutputs = first.graph.output.filter(({ name }) => !wires.has(name));
  const leftInputs = second.graph.input.filter(({ name }) => !wired.has(name));
  requireDistinct([...first.graph.input, ...leftOutputs, ...leftInputs, ...second.graph.output]);

  const keptFirst = names([...first.graph.input, ...leftOutputs]);
  const keptSecond = names([...leftInputs, ...second.graph.output]);
  renameValues(first.graph, (value) => (keptFirst.has(value) ? value : `encoder/${value}`));
  renameValues(
    second.graph,
    (value) => wired.get(value) ?? (keptSecond.has(value) ? value : `head/${value}`),
  );

  const allOutputs = [...leftOutputs, ...second.graph.output];
  if (outputs !== undefined) requireNames(allOutputs, outputs, 'output', 'joined');
  return encodeModel({
    irVersion: Math.max(Number(first.irVersion), Number(second.irVersion)),
    producerName: 'zerorouter',
    opsetImport,
    graph: {
      name: `${first.graph.name ?? 'encoder'}+${second.graph.name ?? 'head'}`,
      node: [...first.graph.node, ...second.graph.node],
      initializer: [...first.graph.initializer, ...second.graph.initializer],
      sparseInitializer: both(first, second, 'sparseInitializer'),
      quantizationAnnotation: both(first, second, 'quantizationAnnotation'),
      valueInfo: both(first, second, 'valueInfo'),
      input: [...first.graph.input, ...leftInputs],
      output: allOutputs.filter(({ name }) => outputs === undefined || outputs.includes(name)),
    },
    functions: joinFunctions(first, second),
  });
}

type OptionalList = 'sparseInitializer' | 'quantizationAnnotation' | 'valueInfo';

function both<Name extends OptionalList>(
  first: ModelProto,
  second: ModelProto,
  list: Name,
): NonNullable<GraphProto[Name]> {
  return [...(first.graph[list] ?? []), ...(second.graph[list] ?? [])] as NonNullable<
    GraphProto[Name]
  >;
}

/** One version per domain: the newer of the two; for the standard operators the older is raised. */
function agreeOnOpsets(first: ModelProto, second: ModelProto): OperatorSetId[] {
  const versions = new Map<string, number>();
  for (const opset of [...first.opsetImport, ...second.opsetImport]) {
    const domain = isStandard(opset) ? '' : (opset.domain ?? '');
    versions.set(domain, Math.max(versions.get(domain) ?? 0, Number(opset.version)));
  }
  const standard = versions.get('');
  if (standard !== undefined) {
    raiseOpset(first, standard);
    raiseOpset(second, standard);
  }
  return [...versions].map(([domain, version]) => ({ domain, version }));
}

function joinFunctions(first: ModelProto, second: ModelProto): ModelProto['functions'] & object {
  const functions = [...(first.functions ?? []), ...(second.functions ?? [])];
  const keys = functions.map((f) => `${f.domain ?? ''}:${f.name ?? ''}:${f.overload ?? ''}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    throw new OnnxFormatError(`both models define the function ${twice}: inline it in one of them`);
  }
  return functions;
}

/** Before IR version 4 every initializer was listed as an input, too: a default, not an input. */
function dropDefaultedInputs(graph: GraphProto): void {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !initializers.has(name));
}

const EXTERNAL = 1;

function requireInnerWeights(graph: GraphProto): void {
  const outside = graph.initializer.find(({ dataLocation }) => dataLocation === EXTERNAL);
  if (outside !== undefined) {
    throw new OnnxFormatError(
      `weight ${outside.name ?? ''} lies in a file beside the model: export the model as one file`,
    );
  }
}

function requireNames(
  values: readonly ValueInfoProto[],
  wanted: Iterable<string>,
  kind: 'input' | 'output',
  which: string,
): void {
  const present = names(values);
  for (const name of wanted) {
    if (present.has(name)) continue;
    throw new OnnxFormatError(
      `the ${which} model has no ${kind} ${name}; its ${kind}s are ${[...present].join(', ')}`,
    );
  }
}

function requireDistinct(values: readonly ValueInfoProto[]): void {
  const all = values.map(({ name }) => name);
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new OnnxFormatError(
      `the joined model would have two inputs or outputs named ${twice}: rename one of them`,
    );
  }
}

function names(values: readonly ValueInfoProto[]): Set<string> {
  return new Set(values.map(({ name }) => name));
}
