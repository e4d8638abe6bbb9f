/** Seed of one of a run's streams of randomness: any stream can be drawn without those before it. */
export function streamSeed(seed: number, stream: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b);
}
