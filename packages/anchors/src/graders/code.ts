import type { z } from 'zod';
import { withoutReasoning } from '../reply/reply-parts.js';
import { runInSandbox } from '../sandbox/sandbox.js';
import type { GraderOf } from './grader-schema.js';
import { isSameJson } from './json.js';

type Json = z.core.util.JSONType;

const TIME_LIMIT_MS = 2_000;
const MEMORY_LIMIT_BYTES = 32 * 2 ** 20;
const MAX_CODE_CHARS = 100_000;

const definition = (name: string): RegExp => {
  const escaped = name.replaceAll('$', '\\$');
  return new RegExp(
    `(?:function\\s*\\*?\\s*${escaped}\\s*\\(|(?:const|let|var)\\s+${escaped}\\s*=|^\\s*${escaped}\\s*=(?!=)|exports\\.${escaped}\\s*=)`,
    'm',
  );
};

/**
 * The program that a reply offers: the last fenced block that defines the function, or, without
 * fences, the text from the first line of code. Undefined when nothing defines the function.
 */
export function findCode(reply: string, functionName: string): string | undefined {
  const text = withoutReasoning(reply);
  const defines = definition(functionName);
  const blocks = [
    ...text.matchAll(
      /^[ \t]*(?:`{3,9}|~{3,9})[^\n]*\n([\s\S]*?)(?:^[ \t]*(?:`{3,9}|~{3,9})|$(?![\s\S]))/gm,
    ),
  ];
  const fenced = blocks.map((match) => match[1] ?? '').filter((block) => defines.test(block));
  const code =
    fenced.at(-1) ?? (blocks.length === 0 && defines.test(text) ? unfenced(text) : undefined);
  return code === undefined || code.length > MAX_CODE_CHARS ? undefined : asScript(code);
}

/** From the first line that looks like code to the last that ends a statement. */
function unfenced(text: string): string {
  const rows = text.split('\n');
  const isCode =
    /^\s*(?:(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b|(?:export\s+)?(?:const|let|var|class)\s|\/\/|\/\*|['"]use strict)/;
  const first = rows.findIndex((row) => isCode.test(row));
  const last = rows.findLastIndex((row) => /[};]\s*$/.test(row));
  return rows.slice(Math.max(0, first), last + 1).join('\n');
}

/** Module syntax goes, for the sandbox evaluates a script. */
function asScript(code: string): string {
  return code
    .replace(/^[ \t]*import\b[^\n;]*(?:from\s*)?['"][^'"\n]+['"];?[ \t]*$/gm, '')
    .replace(/^([ \t]*)export\s+default\s+(?=(?:async\s+)?function\b|class\b)/gm, '$1')
    .replace(/^([ \t]*)export\s+(?=(?:async\s+)?function\b|const\b|let\b|var\b|class\b)/gm, '$1')
    .replace(/^[ \t]*export\s+default\s+[\w$]+;?[ \t]*$/gm, '')
    .replace(/^[ \t]*export\s*\{[^}]*\};?[ \t]*$/gm, '');
}

export interface CodeVerdict {
  passed: number;
  total: number;
  reason: string;
}

/**
 * Runs the program and compares each test's value with what is expected. Expected values never enter
 * the sandbox, so nothing that the program does to its own world can forge a pass.
 */
export async function testCode(grader: GraderOf<'code'>, code: string): Promise<CodeVerdict> {
  const total = grader.tests.length;
  const run = await runInSandbox({
    code,
    expressions: grader.tests.map((test) => test.expression),
    timeLimitMs: grader.timeLimitMs ?? TIME_LIMIT_MS,
    memoryLimitBytes: grader.memoryLimitBytes ?? MEMORY_LIMIT_BYTES,
  });
  if (run.status === 'timeout') return { passed: 0, total, reason: 'the code ran out of time' };
  if (run.status === 'crash') return { passed: 0, total, reason: 'the code broke its limits' };
  let passed = 0;
  let fault = '';
  run.results.forEach((result, i) => {
    const test = grader.tests[i];
    if (test && result.value !== undefined && isExpected(result.value, test.expected)) passed++;
    else if (fault === '') {
      fault = `${test?.expression} gave ${(result.value ?? result.error ?? 'nothing').slice(0, 120)}`;
    }
  });
  if (passed === total) return { passed, total, reason: `all ${total} tests passed` };
  const loading = run.loadError === null ? '' : `; loading threw ${run.loadError}`;
  return { passed, total, reason: `${passed} of ${total} tests passed; ${fault}${loading}` };
}

function isExpected(text: string, expected: Json): boolean {
  return isSameJson(JSON.parse(text) as Json, expected);
}
