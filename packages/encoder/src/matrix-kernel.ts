import type { MatrixKernel } from '@zerorouter/latent-space';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from './onnx/graph-builder.js';

/**
 * A native matrix kernel for training: onnxruntime's `Gemm`, an order of magnitude faster than plain
 * loops. On one machine the same inputs give the same bits.
 */
export async function openMatrixKernel(threads = 2): Promise<MatrixKernel> {
  const sessions = {
    none: await openGemm(0, 0, threads),
    left: await openGemm(1, 0, threads),
    right: await openGemm(0, 1, threads),
  };
  return {
    async multiply(a, b, { m, k, n }, transpose = 'none') {
      const left = transpose === 'left' ? [k, m] : [m, k];
      const right = transpose === 'right' ? [n, k] : [k, n];
      const { c } = await sessions[transpose].run({
        a: new Tensor('float32', a, left),
        b: new Tensor('float32', b, right),
      });
      return c!.data as Float32Array;
    },
  };
}

function openGemm(transA: number, transB: number, threads: number): Promise<InferenceSession> {
  const graph = new GraphBuilder('gemm');
  const a = graph.input('a', 'float32', ['A0', 'A1']);
  const b = graph.input('b', 'float32', ['B0', 'B1']);
  graph.node('Gemm', [a, b], { transA: { int: transA }, transB: { int: transB } }, 'c');
  graph.output('c', 'float32', ['M', 'N']);
  return InferenceSession.create(graph.build(), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
  });
}
