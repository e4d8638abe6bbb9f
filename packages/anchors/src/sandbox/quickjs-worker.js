/**
 * Runs model-written JavaScript in QuickJS-WASM on a thread of its own. QuickJS enforces the memory,
 * stack and (at loop edges) time limits; the thread exists because some native loops
 * (`Array.prototype.indexOf` on a huge array-like) never reach the interrupt handler: the
 * parent then terminates the thread.
 */
import { parentPort } from 'node:worker_threads';
import { getQuickJS } from 'quickjs-emscripten';

/** @typedef {import('./sandbox.js').SandboxProgram & { id: number }} Job */

/**
 * Evaluated first. Keeps its own references to the primordials, so that nothing which the program
 * does to prototypes or globals changes how values leave the sandbox. Values JSON cannot hold leave
 * as `{"$nonJson": type}`, which equals no JSON value that a test expects.
 */
const PRELUDE = `(() => {
  const { isArray } = Array;
  const { keys } = Object;
  const { stringify } = JSON;
  const LIMIT = 1000000;
  const encode = (value, depth) => {
    if (depth > 40) throw 'result nests too deeply';
    if (value === null) return 'null';
    switch (typeof value) {
      case 'boolean': return value ? 'true' : 'false';
      case 'number': return value - value === 0 ? '' + value : '{"$nonJson":"number"}';
      case 'string':
        if (value.length > LIMIT) throw 'result is too large';
        return stringify(value);
      case 'object': break;
      default: return '{"$nonJson":"' + typeof value + '"}';
    }
    let text = '';
    if (isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        text += (i ? ',' : '') + encode(value[i], depth + 1);
        if (text.length > LIMIT) throw 'result is too large';
      }
      return '[' + text + ']';
    }
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const member = value[names[i]];
      if (member === undefined) continue;
      text += (text ? ',' : '') + stringify(names[i]) + ':' + encode(member, depth + 1);
      if (text.length > LIMIT) throw 'result is too large';
    }
    return '{' + text + '}';
  };
  let printed = '';
  const print = (...values) => {
    let line = '';
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      line += (i ? ' ' : '') + (typeof value === 'string' ? value
        : typeof value === 'object' ? encode(value, 0) : typeof value === 'symbol' ? 'symbol' : '' + value);
    }
    if (printed.length < 65536) printed += line + '\\n';
  };
  globalThis.console = { log: print, info: print, debug: print, warn: print, error: print };
  globalThis.module = { exports: {} };
  globalThis.exports = module.exports;
  globalThis.structuredClone = (value) => JSON.parse(JSON.stringify(value));
  return (value, what) => what === 'printed' ? printed : encode(value, 0);
})()`;

/** @param {import('quickjs-emscripten').QuickJSContext} context @param {unknown} error */
const describe = (context, error) => {
  const handle = /** @type {import('quickjs-emscripten').QuickJSHandle} */ (error);
  const dumped = context.dump(handle);
  handle.dispose();
  const text =
    dumped !== null && typeof dumped === 'object' ? `${dumped.name}: ${dumped.message}` : dumped;
  return String(text).slice(0, 300);
};

const quickjs = await getQuickJS();

/** @param {Job} job @returns {import('./sandbox.js').SandboxRun} */
const run = (job) => {
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(job.memoryLimitBytes);
  runtime.setMaxStackSize(256 * 1024);
  const deadline = performance.now() + job.timeLimitMs;
  const expired = () => performance.now() > deadline;
  runtime.setInterruptHandler(expired);
  const context = runtime.newContext();

  const encode = context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js'));
  /** @param {import('quickjs-emscripten').QuickJSHandle} value @param {string} [what] */
  const leave = (value, what = 'value') => {
    const tag = context.newString(what);
    const text = context.callFunction(encode, context.undefined, value, tag);
    tag.dispose();
    if (text.error) return { error: describe(context, text.error) };
    const string = context.getString(text.value);
    text.value.dispose();
    return { value: string };
  };

  let loadError = null;
  const loaded = context.evalCode(job.code, 'program.js');
  if (loaded.error) loadError = describe(context, loaded.error);
  else loaded.value.dispose();

  // Promise reactions, as far as they lead without timers.
  const pending = runtime.executePendingJobs(100_000);
  if (pending.error) pending.error.dispose();

  const results = job.expressions.map((expression) => {
    const result = context.evalCode(expression, 'test.js');
    if (result.error) return { error: describe(context, result.error) };
    const left = leave(result.value);
    result.value.dispose();
    return left;
  });
  const printed = leave(context.undefined, 'printed').value ?? '';
  const timedOut = expired();
  encode.dispose();
  context.dispose();
  runtime.dispose();
  return { status: timedOut ? 'timeout' : 'ran', loadError, results, printed };
};

// What `run` throws is the engine giving way: its heap can no longer be trusted, so the thread ends.
parentPort?.on('message', (/** @type {Job} */ job) => {
  parentPort?.postMessage({ id: job.id, outcome: run(job) });
});
parentPort?.postMessage('ready');
