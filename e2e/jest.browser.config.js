import shared from './jest.config.js';

/** The dashboard in Chromium, beside a stack that answers it. */
export default {
  ...shared,
  roots: ['<rootDir>/e2e/browser'],
  globalSetup: '<rootDir>/e2e/stack/global-setup.mjs',
  globalTeardown: '<rootDir>/e2e/stack/global-teardown.mjs',
};
