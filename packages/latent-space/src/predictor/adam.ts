// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { sqrt } = Math;

/** AdamW (Loshchilov & Hutter 2019): Adam with decoupled weight decay. */
export class AdamW {
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  #steps = 0;

  constructor(
    private readonly parameters: Float32Array,
    private readonly weightDecay: number,
    private readonly betas: readonly [number, number] = [0.9, 0.999],
  ) {
    this.#first = new Float32Array(parameters.length);
    this.#second = new Float32Array(parameters.length);
  }

  /** One step against the gradient; `rate` is the learning rate of this step. */
  step(gradient: Float32Array, rate: number): void {
    const [beta1, beta2] = this.betas;
    this.#steps++;
    const scale1 = 1 / (1 - beta1 ** this.#steps);
    const scale2 = 1 / (1 - beta2 ** this.#steps);
    const decay = 1 - rate * this.weightDecay;
    const { parameters } = this;
    const first = this.#first;
    const second = this.#second;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i];
      first[i] = beta1 * first[i] + (1 - beta1) * g;
      second[i] = beta2 * second[i] + (1 - beta2) * g * g;
      parameters[i] =
        parameters[i] * decay - (rate * first[i] * scale1) / (sqrt(second[i] * scale2) + 1e-8);
    }
  }
}

/**
 * The one-cycle schedule (Smith 2018): a cosine rise to the peak over the first `warmUp` share of
 * the steps, a cosine fall to almost nothing over the rest.
 */
export function oneCycle(step: number, steps: number, peak: number, warmUp = 0.15): number {
  const rise = Math.max(1, warmUp * steps);
  if (step < rise) return peak * (0.04 + 0.96 * 0.5 * (1 - Math.cos((Math.PI * step) / rise)));
  const progress = Math.min(1, (step - rise) / Math.max(1, steps - rise));
  return peak * (1e-4 + (1 - 1e-4) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
