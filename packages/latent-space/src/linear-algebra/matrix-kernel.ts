/**
 * Dense single-precision matrix products, the one heavy loop of training. The mathematics asks for
 * a kernel from outside, because a native one is an order of magnitude faster than any loop here.
 */
export interface MatrixKernel {
  /**
   * C = op(A)·op(B), m × n row-major, with op(A) m × k and op(B) k × n.
   * `left`: A is stored k × m; `right`: B is stored n × k.
   */
  multiply(
    a: Float32Array,
    b: Float32Array,
    shape: { m: number; k: number; n: number },
    transpose?: 'none' | 'left' | 'right',
  ): Promise<Float32Array>;
}

/** The reference kernel: plain loops, for tests and small problems. */
export const plainMatrixKernel: MatrixKernel = {
  multiply(a, b, { m, k, n }, transpose = 'none') {
    const c = new Float32Array(m * n);
    for (let i = 0; i < m; i++)
      for (let l = 0; l < k; l++) {
        const left = transpose === 'left' ? a[l * m + i] : a[i * k + l];
        if (left === 0) continue;
        if (transpose === 'right') for (let j = 0; j < n; j++) c[i * n + j] += left * b[j * k + l];
        else for (let j = 0; j < n; j++) c[i * n + j] += left * b[l * n + j];
      }
    return Promise.resolve(c);
  },
};
