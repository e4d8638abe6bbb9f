import shared from './jest.config.js';

/** The three apps over real sockets: what is the same whichever queue they talk over, and so is tested once. */
export default {
  ...shared,
  roots: ['<rootDir>/e2e/http'],
  globalSetup: '<rootDir>/e2e/stack/global-setup.mjs',
  globalTeardown: '<rootDir>/e2e/stack/global-teardown.mjs',
};
