import protobuf from 'protobufjs';
import { ONNX_PROTO } from './onnx-proto.js';

/** Element types of a tensor (`TensorProto.DataType`). */
export const DataType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const;
export type DataTypeName = keyof typeof DataType;

/** Kinds of a node attribute (`AttributeProto.AttributeType`). */
export const AttributeType = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7 } as const;

/** 64-bit integers are written from numbers and read back as `Long`; `Number(x)` reads both. */
export type Int64 = number | { toNumber(): number };

export interface TensorProto {
  name?: string;
  dims?: Int64[];
  dataType?: number;
  rawData?: Uint8Array;
  dataLocation?: number;
}

export interface AttributeProto {
  name: string;
  type?: number;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  floats?: number[];
  ints?: Int64[];
  g?: GraphProto;
  graphs?: GraphProto[];
}

export interface NodeProto {
  name?: string;
  opType: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute?: AttributeProto[];
}

export interface ValueInfoProto {
  name: string;
  type?: {
    tensorType?: {
      elemType?: number;
      shape?: { dim?: { dimValue?: Int64; dimParam?: string }[] };
    };
  };
}

export interface GraphProto {
  name?: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo?: ValueInfoProto[];
  sparseInitializer?: { values?: TensorProto }[];
  quantizationAnnotation?: {
    tensorName?: string;
    quantParameterTensorNames?: { key?: string; value?: string }[];
  }[];
}

export interface OperatorSetId {
  domain?: string;
  version: Int64;
}

export interface ModelProto {
  irVersion: Int64;
  producerName?: string;
  opsetImport: OperatorSetId[];
  graph: GraphProto;
  functions?: {
    name?: string;
    domain?: string;
    overload?: string;
    opsetImport?: OperatorSetId[];
  }[];
  metadataProps?: { key?: string; value?: string }[];
}

const { root } = protobuf.parse(ONNX_PROTO);
const modelType = root.lookupType('onnx.ModelProto');
const graphType = root.lookupType('onnx.GraphProto');
const tensorType = root.lookupType('onnx.TensorProto');

/**
 * The bytes of an ONNX file. Weights are nearly all of them: they are put behind their headers as they
 * are, once, and not through the writer, whose buffer is copied whenever it grows.
 */
export function encodeModel({ graph, ...model }: ModelProto): Uint8Array {
  const { initializer, ...rest } = graph;
  const weights = initializer.flatMap(({ rawData, ...header }) => {
    const parts = [tensorType.encode(header).finish()];
    if (rawData !== undefined) parts.push(...field(tensorType, 'rawData', [rawData]));
    return field(graphType, 'initializer', parts);
  });
  return Buffer.concat([
    modelType.encode(model).finish(),
    ...field(modelType, 'graph', [graphType.encode(rest).finish(), ...weights]),
  ]);
}

/** A field of variable length: its key and length, then what is in it. */
function field(type: protobuf.Type, name: string, parts: readonly Uint8Array[]): Uint8Array[] {
  const LENGTH_DELIMITED = 2;
  const key = (type.fields[name]!.id << 3) | LENGTH_DELIMITED;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [protobuf.Writer.create().uint32(key).uint32(length).finish(), ...parts];
}

/**
 * The model in the bytes of an ONNX file.
 * @throws OnnxFormatError when the bytes are no ONNX model.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: Partial<ModelProto>;
  try {
    model = modelType.decode(bytes) as Partial<ModelProto>;
  } catch (cause) {
    throw new OnnxFormatError('these bytes are not an ONNX model (protobuf decoding failed)', {
      cause,
    });
  }
  if (model.graph === undefined || model.graph === null) {
    throw new OnnxFormatError('these bytes are not an ONNX model: there is no graph in them');
  }
  return model as ModelProto;
}

/** Bytes that are no ONNX model, or models that cannot be joined into one. */
export class OnnxFormatError extends Error {
  readonly code = 'onnx_format';
  override readonly name = 'OnnxFormatError';
}
