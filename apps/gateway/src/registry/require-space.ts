export { requireSpace } from '@zerorouter/administration';
