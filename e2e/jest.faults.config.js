import shared from './jest.config.js';

/** What must hold while things fail, on the queue backend that ZEROROUTER_TEST_QUEUE names. */
export default {
  ...shared,
  roots: ['<rootDir>/e2e/faults', '<rootDir>/e2e/api'],
  testMatch: [
    '**/e2e/faults/*.test.ts',
    // Of the tests that run with all others, those that break something.
    '**/e2e/api/{batch-kills,concurrency,dead-letters,failures,outages}.test.ts',
  ],
  globalSetup: '<rootDir>/e2e/stack/global-setup.mjs',
  globalTeardown: '<rootDir>/e2e/stack/global-teardown.mjs',
};
