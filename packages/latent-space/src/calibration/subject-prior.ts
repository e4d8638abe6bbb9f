/** Subjects of one model under several harnesses: which group each is in, and how they correlate. */
export interface SubjectGroups {
  readonly of: Int32Array;
  readonly size: Int32Array;
  /** ρ: correlation of the abilities of two subjects of one group, in [0, 1). */
  readonly correlation: number;
}

export function subjectGroups(of: ArrayLike<number>, correlation: number): SubjectGroups {
  if (!(correlation >= 0 && correlation < 1))
    throw new RangeError(`correlation ${correlation} is outside [0, 1)`);
  const group = Int32Array.from(of);
  const size = new Int32Array(1 + group.reduce((max, g) => Math.max(max, g), -1));
  for (const g of group) size[g]++;
  return { of: group, size, correlation };
}

/**
 * θ_s = c_g + ε_s with c_g ~ N(0, ρI) and ε_s ~ N(0, (1 − ρ)I), the centre c_g integrated out: every
 * subject is N(0, I) by itself, and two of one group correlate by ρ. Per dimension and group of n,
 * with K = (1 − ρ)I + ρ11ᵀ,
 *   −½θᵀK⁻¹θ = −[Σθ² − ρ(Σθ)²/(1 − ρ + nρ)] / (2(1 − ρ)).
 * A group of one is plain N(0, 1).
 */
export function logSubjectPrior(
  theta: Float64Array,
  dimensions: number,
  groups: SubjectGroups,
): number {
  const { size, correlation: rho } = groups;
  const sums = groupSums(theta, dimensions, groups);
  let value = 0;
  for (let j = 0; j < theta.length; j++) value -= theta[j] ** 2;
  for (let g = 0; g < size.length; g++)
    for (let k = 0; k < dimensions; k++)
      value += (rho * sums[g * dimensions + k] ** 2) / (1 - rho + size[g] * rho);
  return value / (2 * (1 - rho));
}

/** Σθ over each group, groups × D. */
export function groupSums(
  theta: Float64Array,
  dimensions: number,
  { of, size }: SubjectGroups,
): Float64Array {
  const sums = new Float64Array(size.length * dimensions);
  for (let s = 0; s < of.length; s++)
    for (let k = 0; k < dimensions; k++) sums[of[s] * dimensions + k] += theta[s * dimensions + k];
  return sums;
}

/** Precision of θ_s given the others of its group of `size`. */
export function conditionalPrecision(size: number, rho: number): number {
  return (1 - 2 * rho + size * rho) / ((1 - rho) * (1 - rho + size * rho));
}

/** Mean of θ_s given that the others of its group of `size` sum to `others`; 0 for a group of one. */
export function conditionalMean(others: number, size: number, rho: number): number {
  return (rho * others) / (1 - 2 * rho + size * rho);
}
