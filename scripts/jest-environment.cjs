const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest's sandbox has its own copies of the typed arrays, and onnxruntime's `Tensor` accepts only
 * the real ones: hand them through.
 */
class NativeTypedArrays extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, {
      ArrayBuffer,
      Float32Array,
      Float64Array,
      Int32Array,
      BigInt64Array,
      Uint8Array,
      Int8Array,
    });
  }
}

module.exports = NativeTypedArrays;
