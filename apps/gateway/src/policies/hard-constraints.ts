export { toHardConstraints, viewHardConstraints } from '@zerorouter/administration';
