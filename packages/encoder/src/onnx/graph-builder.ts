import {
  AttributeType,
  DataType,
  encodeModel,
  type AttributeProto,
  type DataTypeName,
  type GraphProto,
  type ValueInfoProto,
} from './model-proto.js';

/** A node attribute; the kind is written out because 1 may be meant as an int or as a float. */
export type Attribute =
  { int: number } | { float: number } | { ints: readonly number[] } | { string: string };
export type Attributes = Readonly<Record<string, Attribute>>;

/** A fixed size, or the name of a symbolic one (`'T'`). */
export type Dimension = number | string;

/**
 * Writes an ONNX graph node by node. Values are named by strings; every method returns the name of
 * what it adds, so that calls nest like the formula that they express.
 */
export class GraphBuilder {
  readonly #graph: GraphProto;
  readonly #opset: number;
  #values = 0;

  /** `opset`: version of the standard operator set that the nodes are written for. */
  constructor(name: string, { opset = 17 }: { opset?: number } = {}) {
    this.#graph = { name, node: [], initializer: [], input: [], output: [] };
    this.#opset = opset;
  }

  input(name: string, type: DataTypeName, dimensions: readonly Dimension[]): string {
    this.#graph.input.push(valueInfo(name, type, dimensions));
    return name;
  }

  /** Declares `name`, a value of the graph, as an output. */
  output(name: string, type: DataTypeName, dimensions: readonly Dimension[]): string {
    this.#graph.output.push(valueInfo(name, type, dimensions));
    return name;
  }

  float32(name: string, data: Float32Array, dimensions: readonly number[]): string {
    return this.#initializer(name, 'float32', data, dimensions, bytesOf(data));
  }

  int8(name: string, data: Int8Array, dimensions: readonly number[]): string {
    return this.#initializer(name, 'int8', data, dimensions, bytesOf(data));
  }

  uint8(name: string, data: Uint8Array, dimensions: readonly number[]): string {
    return this.#initializer(name, 'uint8', data, dimensions, data);
  }

  int64(name: string, data: readonly number[], dimensions: readonly number[]): string {
    const wide = BigInt64Array.from(data, BigInt);
    return this.#initializer(name, 'int64', wide, dimensions, bytesOf(wide));
  }

  /** A node with one output; the output is named `as`, or freshly. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    as = this.#fresh(opType),
  ): string {
    this.#add(opType, inputs, [as], attributes);
    return as;
  }

  /** A node with `count` outputs (`Split`, `DynamicQuantizeLinear`). */
  nodeWithOutputs(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes: Attributes = {},
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.#fresh(opType));
    this.#add(opType, inputs, outputs, attributes);
    return outputs;
  }

  /** The bytes of the ONNX file. */
  build(): Uint8Array {
    return encodeModel({
      irVersion: 8,
      producerName: 'zerorouter',
      opsetImport: [{ domain: '', version: this.#opset }],
      graph: this.#graph,
    });
  }

  #add(opType: string, inputs: readonly string[], outputs: string[], attributes: Attributes): void {
    this.#graph.node.push({
      name: `${opType}_${this.#graph.node.length}`,
      opType,
      input: [...inputs],
      output: outputs,
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
  }

  #initializer(
    name: string,
    type: DataTypeName,
    data: ArrayLike<unknown>,
    dimensions: readonly number[],
    rawData: Uint8Array,
  ): string {
    const size = dimensions.reduce((product, dimension) => product * dimension, 1);
    if (size !== data.length) {
      throw new RangeError(
        `initializer ${name} has ${data.length} values, its shape [${dimensions.join(', ')}] asks for ${size}`,
      );
    }
    this.#graph.initializer.push({
      name,
      dims: [...dimensions],
      dataType: DataType[type],
      rawData,
    });
    return name;
  }

  #fresh(opType: string): string {
    this.#values += 1;
    return `${opType}_${this.#values}_out`;
  }
}

/** Tensors are stored little-endian, which is the order of every machine that Node runs on. */
function bytesOf(data: Float32Array | Int8Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function valueInfo(
  name: string,
  type: DataTypeName,
  dimensions: readonly Dimension[],
): ValueInfoProto {
  const dim = dimensions.map((dimension) =>
    typeof dimension === 'number' ? { dimValue: dimension } : { dimParam: dimension },
  );
  return { name, type: { tensorType: { elemType: DataType[type], shape: { dim } } } };
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if ('int' in value) return { name, type: AttributeType.int, i: value.int };
  if ('float' in value) return { name, type: AttributeType.float, f: value.float };
  if ('ints' in value) return { name, type: AttributeType.ints, ints: [...value.ints] };
  return { name, type: AttributeType.string, s: new TextEncoder().encode(value.string) };
}
