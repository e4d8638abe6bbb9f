export { freePort, nextFreePort } from './ports.js';
export { createDatabase, dropDatabases, runStatement } from './databases.js';
export {
  startPostgres,
  startThrowAwayPostgres,
  type PostgresOptions,
  type PostgresServer,
} from './postgres.js';
export { findRedisServer, startRedis, type RedisServer } from './redis.js';
export { NODE_FLAGS, Stack, startStack, type AppName, type StackOptions } from './stack.js';
export { superviseStack, type SupervisorEnvironment } from './supervisor.js';
