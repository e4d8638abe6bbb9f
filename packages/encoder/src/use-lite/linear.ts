import type { GraphBuilder } from '../onnx/graph-builder.js';
import { quantizeColumns, WEIGHT_ZERO } from './quantize-columns.js';
import type { Weight } from './weights.js';

/** Adds `x · kernel + bias` and names its initializers by `name`. */
export type Linear = (name: string, x: string, kernel: Weight, bias: Weight) => string;

/** The product in float32. */
export function floatLinear(graph: GraphBuilder): Linear {
  return (name, x, kernel, bias) => {
    const product = graph.node('MatMul', [
      x,
      graph.float32(`${name}.kernel`, kernel.data, kernel.shape),
    ]);
    return graph.node('Add', [product, graph.float32(`${name}.bias`, bias.data, bias.shape)]);
  };
}

/** The pattern that onnxruntime fuses into one kernel: quantise, multiply integers, rescale. */
export function quantizedLinear(graph: GraphBuilder): Linear {
  const weightZero = graph.uint8('weight-zero', Uint8Array.of(WEIGHT_ZERO), []);
  return (name, x, kernel, bias) => {
    const { values, scales } = quantizeColumns(kernel);
    const [xq = '', xScale = '', xZero = ''] = graph.nodeWithOutputs(
      'DynamicQuantizeLinear',
      [x],
      3,
    );
    const product = graph.node('MatMulInteger', [
      xq,
      graph.uint8(`${name}.kernel`, values, kernel.shape),
      xZero,
      weightZero,
    ]);
    const scale = graph.node('Mul', [
      xScale,
      graph.float32(`${name}.scales`, scales, [scales.length]),
    ]);
    const rescaled = graph.node('Mul', [graph.node('Cast', [product], { to: { int: 1 } }), scale]);
    return graph.node('Add', [rescaled, graph.float32(`${name}.bias`, bias.data, bias.shape)]);
  };
}
