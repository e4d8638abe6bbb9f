import { cleanUp } from './global-setup.mjs';

export default async function globalTeardown() {
  await cleanUp(globalThis.zerorouterCleanUps);
}
