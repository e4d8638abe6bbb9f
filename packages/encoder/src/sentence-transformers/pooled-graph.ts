import { EncoderConfigError } from '../errors.js';
import { composeModels } from '../onnx/compose-models.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import {
  DataType,
  decodeModel,
  type ModelProto,
  type ValueInfoProto,
} from '../onnx/model-proto.js';

export type Pooling = 'mean' | 'cls';

/**
 * Brings a transformer export to the form of every encoder here: `tokens` int64 [W, T] in,
 * `embeddings` float32 [W, dimension] out.
 *
 * All windows of a run have the same length, so nothing is padded: the attention mask is all ones
 * and the token types are all zeros, and both are made in the graph.
 */
export function buildPooledGraph(
  bytes: Uint8Array,
  { pooling, normalize }: { pooling: Pooling; normalize: boolean },
): Uint8Array {
  const model = decodeModel(bytes);
  const inputs = buildInputs(realInputs(model));
  const hidden = tokenLevelOutput(model.graph.output);
  const framed = composeModels(inputs.graph, bytes, inputs.wiring, { outputs: [hidden] });
  return composeModels(framed, buildPooling(pooling, normalize), { [hidden]: 'hidden' });
}

/** The declared width of the token vectors, where the export states it. */
export function declaredDimension(bytes: Uint8Array): number | undefined {
  const outputs = decodeModel(bytes).graph.output;
  const name = tokenLevelOutput(outputs);
  const value = outputs.find((output) => output.name === name);
  const width = Number(value?.type?.tensorType?.shape?.dim?.[2]?.dimValue ?? 0);
  return width > 0 ? width : undefined;
}

/** What each input of the transformer is filled with. */
const FILLED_WITH: Readonly<Record<string, 'tokens' | 'ones' | 'zeros'>> = {
  input_ids: 'tokens',
  attention_mask: 'ones',
  token_type_ids: 'zeros',
};

function buildInputs(inputs: readonly ValueInfoProto[]): {
  graph: Uint8Array;
  wiring: Record<string, string>;
} {
  const graph = new GraphBuilder('inputs');
  const tokens = graph.input('tokens', 'int64', ['W', 'T']);
  const zeros = graph.node('Sub', [tokens, tokens]);
  const values = {
    tokens,
    zeros,
    ones: graph.node('Add', [zeros, graph.int64('one', [1], [])]),
  };
  const wiring: Record<string, string> = {};
  for (const { name, type } of inputs) {
    const filling = FILLED_WITH[name];
    if (filling === undefined) {
      throw new EncoderConfigError(
        `the model asks for an input ${name}; supported are ${Object.keys(FILLED_WITH).join(', ')}`,
      );
    }
    const narrow = type?.tensorType?.elemType === DataType.int32;
    const to = narrow ? DataType.int32 : DataType.int64;
    wiring[`${name}_made`] = name;
    graph.node('Cast', [values[filling]], { to: { int: to } }, `${name}_made`);
    graph.output(`${name}_made`, narrow ? 'int32' : 'int64', ['W', 'T']);
  }
  if (!('input_ids_made' in wiring)) {
    throw new EncoderConfigError('the model has no input input_ids: it is no text transformer');
  }
  return { graph: graph.build(), wiring };
}

/** mean over tokens, or the first token; then, if asked for, x / ‖x‖. */
function buildPooling(pooling: Pooling, normalize: boolean): Uint8Array {
  const graph = new GraphBuilder('pooling');
  const hidden = graph.node('Cast', [graph.input('hidden', 'float32', ['W', 'T', 'D'])], {
    to: { int: DataType.float32 },
  });
  const pooled =
    pooling === 'mean'
      ? graph.node('ReduceMean', [hidden], { axes: { ints: [1] }, keepdims: { int: 0 } })
      : graph.node('Gather', [hidden, graph.int64('first', [0], [])], { axis: { int: 1 } });
  if (normalize) {
    const norm = graph.node('ReduceL2', [pooled], { axes: { ints: [1] }, keepdims: { int: 1 } });
    const smallest = graph.float32('smallest-norm', Float32Array.of(1e-12), []);
    graph.node('Div', [pooled, graph.node('Max', [norm, smallest])], {}, 'embeddings');
  } else {
    graph.node('Identity', [pooled], {}, 'embeddings');
  }
  graph.output('embeddings', 'float32', ['W', 'D']);
  return graph.build();
}

function realInputs({ graph }: ModelProto): ValueInfoProto[] {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !initializers.has(name));
}

const RANK = 3;

/** The token vectors [W, T, dimension]: by their usual names, else the first output of rank 3. */
function tokenLevelOutput(outputs: readonly ValueInfoProto[]): string {
  const output =
    outputs.find(({ name }) => name === 'last_hidden_state' || name === 'token_embeddings') ??
    outputs.find(({ type }) => type?.tensorType?.shape?.dim?.length === RANK);
  if (output === undefined) {
    throw new EncoderConfigError(
      `the model has no token vectors among its outputs (${outputs.map(({ name }) => name).join(', ')}): export it with last_hidden_state`,
    );
  }
  return output.name;
}
