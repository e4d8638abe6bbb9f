import {
  AttributeType,
  DataType,
  OnnxFormatError,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from './model-proto.js';
import { subgraphs } from './rename-values.js';

/**
 * Raises a model to a newer version of the standard operator set, in place.
 *
 * A graph imports one version, so models that are to be joined must agree. Most operators only
 * gained types and optional inputs between versions 11 and 21; those that changed are rewritten
 * here: axes that moved from an attribute to an input, `Split`'s sizes, the ratio of `Dropout`,
 * and `Softmax`, which used to flatten all axes from the named one on.
 *
 * @throws OnnxFormatError below version 11, or for an operator that cannot be raised.
 */
export function raiseOpset(model: ModelProto, target: number): void {
  const standard = model.opsetImport.find(isStandard);
  const version = Number(standard?.version ?? 0);
  if (standard === undefined || version === target) return;
  if (version < OLDEST) {
    throw new OnnxFormatError(
      `the model uses operator set ${version}; export it with operator set ${OLDEST} or newer`,
    );
  }
  raiseGraph(model.graph, { from: version, to: target, fresh: 0 });
  standard.version = target;
}

/** Whether this import names the standard operators (the domain `ai.onnx`, or none). */
export function isStandard({ domain }: { domain?: string }): boolean {
  return domain === undefined || domain === '' || domain === 'ai.onnx';
}

const OLDEST = 11;

/** Operators whose axes became an input, by the version that did it. */
const AXES_INPUT_SINCE: Readonly<Record<string, number>> = {
  Squeeze: 13,
  Unsqueeze: 13,
  ReduceSum: 13,
  ReduceMean: 18,
  ReduceMax: 18,
  ReduceMin: 18,
  ReduceProd: 18,
  ReduceL1: 18,
  ReduceL2: 18,
  ReduceLogSum: 18,
  ReduceLogSumExp: 18,
  ReduceSumSquare: 18,
};
const FLATTENING = new Set(['Softmax', 'LogSoftmax', 'Hardmax']);
/** Operators that changed their meaning and have no rule here, by the version that did it. */
const NOT_RAISED: Readonly<Record<string, number>> = { Upsample: 13, GroupNormalization: 21 };

interface Raise {
  readonly from: number;
  readonly to: number;
  /** How many values were added, for their names. */
  fresh: number;
}

function raiseGraph(graph: GraphProto, raise: Raise): void {
  const crosses = (version: number | undefined): boolean =>
    version !== undefined && raise.from < version && version <= raise.to;
  graph.node = graph.node.flatMap((node) => {
    for (const subgraph of subgraphs(node)) raiseGraph(subgraph, raise);
    if (!isStandard(node)) return [node];
    if (crosses(NOT_RAISED[node.opType])) {
      throw new OnnxFormatError(
        `operator ${node.opType} cannot be raised from operator set ${raise.from} to ${raise.to}: export both models with the same operator set`,
      );
    }
    if (crosses(AXES_INPUT_SINCE[node.opType])) attributeToInput(graph, node, 'axes', raise);
    if (node.opType === 'Split') raiseSplit(graph, node, raise, crosses);
    if (node.opType === 'Dropout' && crosses(12)) takeAttribute(node, 'ratio');
    if (FLATTENING.has(node.opType) && crosses(13)) return flattened(graph, node, raise);
    return [node];
  });
}

function raiseSplit(
  graph: GraphProto,
  node: NodeProto,
  raise: Raise,
  crosses: (version: number) => boolean,
): void {
  if (crosses(13)) attributeToInput(graph, node, 'split', raise);
  if (crosses(18) && node.input.length === 1) {
    node.attribute = [
      ...(node.attribute ?? []),
      { name: 'num_outputs', type: AttributeType.int, i: node.output.length },
    ];
  }
}

/**
 * Before version 13, softmax over axis k meant: flatten to [d₀⋯dₖ₋₁, dₖ⋯], softmax over the
 * columns, and the old shape again. For the last axis (−1) that is what it means today.
 */
function flattened(graph: GraphProto, node: NodeProto, raise: Raise): NodeProto[] {
  const axis = Number(takeAttribute(node, 'axis')?.i ?? 1);
  const last: AttributeProto = { name: 'axis', type: AttributeType.int, i: -1 };
  if (axis === -1) return [{ ...node, attribute: [last] }];
  const [x = ''] = node.input;
  const [shape, flat, result] = [freshName(raise), freshName(raise), freshName(raise)];
  const at: AttributeProto = { name: 'axis', type: AttributeType.int, i: axis };
  return [
    { opType: 'Shape', input: [x], output: [shape] },
    { opType: 'Flatten', input: [x], output: [flat], attribute: [at] },
    { ...node, input: [flat], output: [result], attribute: [last] },
    { opType: 'Reshape', input: [result, shape], output: node.output },
  ];
}

function attributeToInput(graph: GraphProto, node: NodeProto, name: string, raise: Raise): void {
  const values = takeAttribute(node, name)?.ints;
  if (values === undefined || values.length === 0) return;
  const data = BigInt64Array.from(values, (value) => BigInt(Number(value)));
  const initializer = freshName(raise);
  graph.initializer.push({
    name: initializer,
    dims: [data.length],
    dataType: DataType.int64,
    rawData: new Uint8Array(data.buffer),
  });
  node.input = [...node.input, initializer];
}

function takeAttribute(node: NodeProto, name: string): AttributeProto | undefined {
  const attribute = node.attribute?.find((candidate) => candidate.name === name);
  if (attribute !== undefined) {
    node.attribute = (node.attribute ?? []).filter((candidate) => candidate !== attribute);
  }
  return attribute;
}

function freshName(raise: Raise): string {
  raise.fresh += 1;
  return `raised-opset/${raise.fresh}`;
}
