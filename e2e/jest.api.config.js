import shared from './jest.config.js';

/** The three apps over real sockets, on the queue backend that ZEROROUTER_TEST_QUEUE names. */
export default {
  ...shared,
  roots: ['<rootDir>/e2e/api'],
  globalSetup: '<rootDir>/e2e/stack/global-setup.mjs',
  globalTeardown: '<rootDir>/e2e/stack/global-teardown.mjs',
};
