/** What both kinds of end-to-end tests share; on its own: what is tested once, on any queue. */
export default {
  rootDir: '..',
  roots: ['<rootDir>/e2e/local'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: '<rootDir>/scripts/jest-environment.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // The stacks of two suites at once would starve each other on two cores.
  maxWorkers: 1,
  testTimeout: 180_000,
};
