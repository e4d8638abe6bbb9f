/**
 * `node hello-server.mjs ANSWER_BYTES`: a bare Nest application on Fastify whose POST /hello parses a JSON body and
 * answers a JSON text of so many bytes. The yardstick for what the gateway does beyond HTTP. Prints its URL.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../packages/platform/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
await load('reflect-metadata');
const { Body, Controller, HttpCode, Module, Post } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');
const { FastifyAdapter } = await load('@nestjs/platform-fastify');

const answer = { hello: 'x'.repeat(Math.max(0, Number(process.argv[2]) - '{"hello":""}'.length)) };

class HelloController {
  hello() {
    return answer;
  }
}
const method = Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello');
Post('hello')(HelloController.prototype, 'hello', method);
HttpCode(200)(HelloController.prototype, 'hello', method);
Body()(HelloController.prototype, 'hello', 0);
Controller()(HelloController);

class HelloModule {}
Module({ controllers: [HelloController] })(HelloModule);

const app = await NestFactory.create(HelloModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
console.log(`${await app.getUrl()}/hello`);
