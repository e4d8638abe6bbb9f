import { GraphBuilder } from '../onnx/graph-builder.js';
import { floatLinear, quantizedLinear, type Linear } from './linear.js';
import type { Weight } from './weights.js';

export type Precision = 'int8' | 'fp32';

export const USE_LITE_DIMENSION = 512;
export const USE_LITE_MAX_TOKENS = 128;

/** Goes up with every change of the graph or of the quantisation: it is part of the encoder's id. */
export const USE_LITE_VERSION = 1;

const HEADS = 4;
const EMBEDDING_SCALE = 2;
const EPSILON = { epsilon: { float: 1e-6 }, axis: { int: -1 } };
const LAST_AXIS = { axis: { int: -1 } };

const ENCODER = 'Encoder_en/';
const TRANSFORMER = `${ENCODER}KonaTransformer/Encode/`;
const FOLDED = 'ConcatPartitions/concat';

/**
 * The Universal Sentence Encoder Lite as an ONNX file.
 *
 *   x₀ = 2·E[token] + timing
 *   y  = residual(x) + Attention(LN(x)),  x' = y + FFN(LN(y))      two layers, pre-norm
 *   e  = v / ‖v‖,  v = tanh(mean over tokens of x₂ · W + b)
 *
 * Input `tokens` int64 [W, T]: W windows of one length T ≤ 128, no padding, hence no mask. Output
 * `embeddings` float32 [W, 512], unit rows. In int8 the activations of a matrix product are scaled
 * per tensor, so the rows of one run influence each other: one text a run.
 */
export function buildUseLite(
  weights: ReadonlyMap<string, Weight>,
  precision: Precision,
): Uint8Array {
  const graph = new GraphBuilder('use-lite');
  const source = new WeightSource(weights);
  const linear: Linear = precision === 'int8' ? quantizedLinear(graph) : floatLinear(graph);

  const tokens = graph.input('tokens', 'int64', ['W', 'T']);
  let x = embedTokens(graph, source, tokens);
  for (const layer of [0, 1]) x = transformerLayer(graph, source, linear, layer, x);

  const mean = graph.node('ReduceMean', [x], { axes: { ints: [1] }, keepdims: { int: 0 } });
  // One row a window: quantising this product would cost precision and save nothing.
  const projection = floatLinear(graph)(
    'tanh',
    mean,
    source.get(`module/${ENCODER}hidden_layers/tanh_layer_0/weights`),
    source.get(`module/${ENCODER}hidden_layers/tanh_layer_0/bias`),
  );
  const v = graph.node('Tanh', [projection]);
  const norm = graph.node('ReduceL2', [v], { axes: { ints: [1] }, keepdims: { int: 1 } });
  graph.node('Div', [v, norm], {}, 'embeddings');
  graph.output('embeddings', 'float32', ['W', USE_LITE_DIMENSION]);
  return graph.build();
}

/** x₀: the doubled embedding plus the timing signal [sin(pos·f), cos(pos·f)] of each position. */
function embedTokens(graph: GraphBuilder, source: WeightSource, tokens: string): string {
  const table = source.get('module/Embeddings_en');
  const doubled = table.data.map((value) => EMBEDDING_SCALE * value);
  const rows = graph.node('Gather', [
    graph.float32('embeddings.table', doubled, table.shape),
    tokens,
  ]);

  const { data: frequencies } = source.get(
    `module_apply_default/${TRANSFORMER}TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`,
  );
  const width = 2 * frequencies.length;
  const timing = new Float32Array(USE_LITE_MAX_TOKENS * width);
  for (let position = 0; position < USE_LITE_MAX_TOKENS; position += 1) {
    frequencies.forEach((frequency, index) => {
      const angle = Math.fround(position * frequency);
      timing[position * width + index] = Math.sin(angle);
      timing[position * width + frequencies.length + index] = Math.cos(angle);
    });
  }
  const length = graph.node('Shape', [tokens], { start: { int: 1 }, end: { int: 2 } });
  const positions = graph.node('Slice', [
    graph.float32('timing', timing, [USE_LITE_MAX_TOKENS, width]),
    graph.int64('timing.start', [0], [1]),
    length,
  ]);
  return graph.node('Add', [rows, positions]);
}

function transformerLayer(
  graph: GraphBuilder,
  source: WeightSource,
  linear: Linear,
  layer: number,
  x: string,
): string {
  const name = `layer${layer}`;
  const weight = (path: string): Weight =>
    source.get(`module_apply_default/${TRANSFORMER}Layer_${layer}/TransformerLayer/${path}`);
  const kernel = (path: string): Weight =>
    matrix(
      source.get(`module/${TRANSFORMER}Layer_${layer}/TransformerLayer/${path}/kernel/part_0`),
    );
  const convolution = (path: string): Weight =>
    source.get(
      `module_apply_default/${TRANSFORMER}TransformerStack/Layer_${layer}/TransformerLayer/FFN/${path}/Tensordot/Reshape_1`,
    );
  const layerNorm = (part: string, value: string, path: string): string => {
    const scale = weight(`${path}layer_prepostprocess/layer_norm/layer_norm_scale/${FOLDED}`);
    const bias = weight(`${path}layer_prepostprocess/layer_norm/layer_norm_bias/${FOLDED}`);
    return graph.node(
      'LayerNormalization',
      [
        value,
        graph.float32(`${name}.${part}.scale`, scale.data, scale.shape),
        graph.float32(`${name}.${part}.bias`, bias.data, bias.shape),
      ],
      EPSILON,
    );
  };

  const attention = 'MultiheadAttention/';
  const { kernel: qkvKernel, bias: qkvBias } = scaleQueries(
    kernel(`${attention}qkv_transform_single`),
    weight(`${attention}qkv_transform_single/bias/${FOLDED}`),
  );
  const qkv = linear(`${name}.qkv`, layerNorm('attention-norm', x, ''), qkvKernel, qkvBias);
  const heads = attend(graph, name, qkv, qkvKernel);
  const attended = linear(
    `${name}.attention-output`,
    heads,
    kernel(`${attention}output_transform_single`),
    weight(`${attention}output_transform_single/bias/${FOLDED}`),
  );
  // Layer 0 widens 256 → 512, and so must its residual; it stays in float32, because an error in
  // the residual stream is carried to the end (worst cosine in int8 0.9984, so 0.9991).
  const residual =
    layer === 0
      ? floatLinear(graph)(
          `${name}.residual`,
          x,
          weight(`dense/kernel/${FOLDED}`),
          weight(`dense/bias/${FOLDED}`),
        )
      : x;
  const y = graph.node('Add', [attended, residual]);

  const hidden = linear(
    `${name}.ffn1`,
    layerNorm('ffn-norm', y, 'FFN/'),
    convolution('conv1'),
    weight(`FFN/conv1/bias/${FOLDED}`),
  );
  const output = linear(
    `${name}.ffn2`,
    graph.node('Relu', [hidden]),
    convolution('conv2'),
    weight(`FFN/conv2/bias/${FOLDED}`),
  );
  return graph.node('Add', [output, y]);
}

/** softmax(q kᵀ) v over the heads; `qkv` is [W, T, 3·width], the queries already scaled. */
function attend(graph: GraphBuilder, name: string, qkv: string, kernel: Weight): string {
  const width = columns(kernel) / 3;
  const [q = '', k = '', v = ''] = graph.nodeWithOutputs('Split', [qkv], 3, LAST_AXIS);
  // Reshape reads 0 as "keep this dimension".
  const split = graph.int64(`${name}.split`, [0, 0, HEADS, width / HEADS], [4]);
  const merge = graph.int64(`${name}.merge`, [0, 0, width], [3]);
  const perHead = (value: string, order: number[]): string =>
    graph.node('Transpose', [graph.node('Reshape', [value, split])], { perm: { ints: order } });
  const scores = graph.node('MatMul', [perHead(q, [0, 2, 1, 3]), perHead(k, [0, 2, 3, 1])]);
  const mixed = graph.node('MatMul', [
    graph.node('Softmax', [scores], LAST_AXIS),
    perHead(v, [0, 2, 1, 3]),
  ]);
  return graph.node('Reshape', [
    graph.node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } }),
    merge,
  ]);
}

/** Folds the attention's 1/√(head width) into the queries, the first third of the columns. */
function scaleQueries(kernel: Weight, bias: Weight): { kernel: Weight; bias: Weight } {
  const total = columns(kernel);
  const width = total / 3;
  const factor = 1 / Math.sqrt(width / HEADS);
  const scaled = (value: number, index: number): number =>
    index % total < width ? value * factor : value;
  return {
    kernel: { data: kernel.data.map(scaled), shape: kernel.shape },
    bias: { data: bias.data.map(scaled), shape: bias.shape },
  };
}

/** The 1×1 convolutions are matrix products: [1, 1, in, out] → [in, out]. */
function matrix({ data, shape }: Weight): Weight {
  return { data, shape: shape.slice(-2) };
}

function columns({ shape }: Weight): number {
  return shape.at(-1) ?? 0;
}

class WeightSource {
  readonly #weights: ReadonlyMap<string, Weight>;

  constructor(weights: ReadonlyMap<string, Weight>) {
    this.#weights = weights;
  }

  get(name: string): Weight {
    const weight = this.#weights.get(name);
    if (weight === undefined) {
      throw new Error(`the Universal Sentence Encoder's files hold no weight ${name}`);
    }
    return weight;
  }
}
