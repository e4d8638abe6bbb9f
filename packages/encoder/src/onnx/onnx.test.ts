import { describe, expect, it, jest } from '@jest/globals';
import { SessionPool } from '../sessions/session-pool.js';
import type { Feeds, Outputs } from '../sessions/messages.js';
import { composeModels } from './compose-models.js';
import { GraphBuilder } from './graph-builder.js';
import {
  AttributeType,
  DataType,
  decodeModel,
  encodeModel,
  OnnxFormatError,
} from './model-proto.js';

jest.setTimeout(30_000);

describe('GraphBuilder', () => {
  it('writes a graph that onnxruntime runs: y = x·W + b', async () => {
    const graph = new GraphBuilder('affine');
    const x = graph.input('x', 'float32', ['N', 2]);
    const product = graph.node('MatMul', [
      x,
      graph.float32('W', Float32Array.of(1, 2, 3, 4), [2, 2]),
    ]);
    graph.node('Add', [product, graph.float32('b', Float32Array.of(10, 20), [2])], {}, 'y');
    graph.output('y', 'float32', ['N', 2]);
    const { y } = await run(graph.build(), { x: float32([1, 1, 0, 2], [2, 2]) });
    expect([...(y ?? [])]).toEqual([14, 26, 16, 28]);
  });

  it('survives decoding and encoding', () => {
    const bytes = buildEncoder(17);
    expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes)).toBe(0);
  });

  it('refuses an initializer whose shape does not hold its values', () => {
    expect(() => new GraphBuilder('g').float32('W', new Float32Array(5), [2, 3])).toThrow(
      /W has 5 values, its shape \[2, 3\] asks for 6/,
    );
  });
});

describe('composeModels', () => {
  it('wires an output to an input and keeps the other names', async () => {
    const joined = composeModels(buildEncoder(17), buildHead(17), { embeddings: 'windows' });
    const { graph } = decodeModel(joined);
    expect(graph.input.map(({ name }) => name)).toEqual(['x', 'features']);
    expect(graph.output.map(({ name }) => name)).toEqual(['attention', 'score']);
    const { score, attention } = await run(joined, FEEDS);
    expect([...(attention ?? [])].map(round)).toEqual(SOFTMAX);
    expect(round(score?.[0] ?? NaN)).toBe(round(SCORE));
  });

  it('keeps only the outputs that are asked for', () => {
    const joined = composeModels(
      buildEncoder(17),
      buildHead(17),
      { embeddings: 'windows' },
      { outputs: ['score'] },
    );
    expect(decodeModel(joined).graph.output.map(({ name }) => name)).toEqual(['score']);
  });

  it('raises the older operator set without changing a value', async () => {
    for (const [encoder, head] of [
      [11, 18],
      [11, 13],
      [12, 21],
      [18, 11],
    ] as const) {
      const joined = composeModels(buildEncoder(encoder), buildHead(head), {
        embeddings: 'windows',
      });
      const { score, attention } = await run(joined, FEEDS);
      expect([...(attention ?? [])].map(round)).toEqual(encoder < 13 ? FLAT_SOFTMAX : SOFTMAX);
      expect(round(score?.[0] ?? NaN)).toBe(round(SCORE));
    }
  });

  it('renames inside subgraphs', async () => {
    const joined = composeModels(buildEncoder(17), buildBranchingHead(), {
      embeddings: 'windows',
    });
    const { chosen } = await run(joined, { x: X });
    expect([...(chosen ?? [])]).toEqual([1, 5]);
  });

  it('says which names there are when one is missing', () => {
    expect(() => composeModels(buildEncoder(17), buildHead(17), { vector: 'windows' })).toThrow(
      /first model has no output vector; its outputs are embeddings, attention/,
    );
    expect(() => composeModels(buildEncoder(17), buildHead(17), { embeddings: 'w' })).toThrow(
      /second model has no input w; its inputs are windows, features/,
    );
  });

  it('refuses models that would have two inputs of one name', () => {
    expect(() => composeModels(buildEncoder(17), buildEncoder(17), { embeddings: 'x' })).toThrow(
      /two inputs or outputs named attention/,
    );
  });

  it('refuses bytes that are no ONNX model, and operator sets that are too old', () => {
    const head = buildHead(17);
    for (const bytes of [Uint8Array.of(1, 2, 3), new Uint8Array()]) {
      expect(() => composeModels(bytes, head, {})).toThrow(OnnxFormatError);
    }
    expect(() => composeModels(buildEncoder(9), head, { embeddings: 'windows' })).toThrow(
      /operator set 9; export it with operator set 11/,
    );
  });
});

/** Two rows, with means 0.5 and 2.5. */
const X = float32([0, 1, 2, 3], [1, 2, 2]);
const FEEDS: Feeds = { x: X, features: float32([5], [1]) };
const SCORE = 1.5 + 5;
/** Softmax over the last axis; before operator set 13, axis 1 meant all values from there on. */
const SOFTMAX = [0, 1, 0, 1].map((value) => round(Math.exp(value) / (1 + Math.E)));
const FLAT_SOFTMAX = [0, 1, 2, 3].map((value) =>
  round(Math.exp(value) / [0, 1, 2, 3].reduce((sum, other) => sum + Math.exp(other), 0)),
);

/** embeddings = mean of x over the last axis; attention = softmax of x. Uses what versions changed. */
function buildEncoder(opset: number): Uint8Array {
  const graph = new GraphBuilder('encoder', { opset });
  const x = graph.input('x', 'float32', [1, 2, 2]);
  const axis = { axis: { int: opset < 13 ? 1 : 2 } };
  graph.node('Softmax', [x], axis, 'attention');
  const kept = { keepdims: { int: 1 } };
  const mean =
    opset < 18
      ? graph.node('ReduceMean', [x], { axes: { ints: [2] }, ...kept }, 'inner')
      : graph.node('ReduceMean', [x, graph.int64('axes', [2], [1])], kept, 'inner');
  if (opset < 13) graph.node('Squeeze', [mean], { axes: { ints: [0, 2] } }, 'embeddings');
  else graph.node('Squeeze', [mean, graph.int64('both', [0, 2], [2])], {}, 'embeddings');
  graph.output('embeddings', 'float32', [2]);
  graph.output('attention', 'float32', [1, 2, 2]);
  return graph.build();
}

/** score = mean of windows + feature; it has an inner value of the encoder's name. */
function buildHead(opset: number): Uint8Array {
  const graph = new GraphBuilder('head', { opset });
  const windows = graph.input('windows', 'float32', [2]);
  const features = graph.input('features', 'float32', [1]);
  const inner =
    opset < 18
      ? graph.node('ReduceMean', [windows], { axes: { ints: [0] } }, 'inner')
      : graph.node('ReduceMean', [windows, graph.int64('axes', [0], [1])], {}, 'inner');
  graph.node('Add', [inner, features], {}, 'score');
  graph.output('score', 'float32', [1]);
  return graph.build();
}

/** chosen = if (true) then windows + windows; the branch reads a value of the outer graph. */
function buildBranchingHead(): Uint8Array {
  const doubled = new GraphBuilder('branch');
  doubled.node('Add', ['windows', 'windows'], {}, 'doubled');
  doubled.output('doubled', 'float32', [2]);
  const { graph: branch } = decodeModel(doubled.build());
  const head = new GraphBuilder('head');
  head.input('windows', 'float32', [2]);
  head.node('If', ['condition'], {}, 'chosen');
  head.output('chosen', 'float32', [2]);
  const model = decodeModel(head.build());
  model.graph.initializer.push({
    name: 'condition',
    dims: [],
    dataType: DataType.bool,
    rawData: Uint8Array.of(1),
  });
  const [node] = model.graph.node;
  if (node !== undefined) {
    node.attribute = ['then_branch', 'else_branch'].map((name) => ({
      name,
      type: AttributeType.graph,
      g: branch,
    }));
  }
  return encodeModel(model);
}

async function run(model: Uint8Array, feeds: Feeds): Promise<Outputs> {
  const pool = await SessionPool.open(() => model, 1);
  try {
    return await pool.run(feeds);
  } finally {
    await pool.close();
  }
}

function float32(data: number[], shape: number[]): Feeds[string] {
  return { type: 'float32', data: Float32Array.from(data), shape };
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
