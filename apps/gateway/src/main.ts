import 'reflect-metadata';
import { runApp } from '@zerorouter/platform';
import { startGateway } from './start-gateway.js';

await runApp('gateway', startGateway);
