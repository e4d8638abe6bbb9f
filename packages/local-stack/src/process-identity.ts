import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code.js';

/**
 * A process that cannot be confused with a later one of the same number: the pid and the moment at
 * which the kernel says that it started, together with the boot that the moment counts from.
 */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** One signal, and how long to wait for the process to end before the next one. */
export interface EndingStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

const POLL_MS = 25;

function linuxStartTime(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name, in parentheses, may hold spaces and parentheses itself: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = fields[19];
  if (state === undefined || state === 'Z' || state === 'X' || startTicks === undefined) {
    return null;
  }
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}:${startTicks}`;
}

function reportedStartTime(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state, ...started] = line.split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}

/** The identity of a running process, or null when no such process runs (a zombie does not). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? linuxStartTime(pid) : reportedStartTime(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** The command that a process was started with; empty when it cannot be read. */
export function commandLine(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** True while that very process runs; a recycled pid is another process. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt;
}

/** Signals the process and the group it leads, if it is still that process. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) {
    return false;
  }
  for (const target of [-identity.pid, identity.pid]) {
    try {
      process.kill(target, signal);
      return true;
    } catch (error) {
      if (errorCode(error) !== 'ESRCH') {
        throw error;
      }
    }
  }
  return false;
}

/** Waits until the process has ended; false when it still runs after `timeoutMs`. */
export async function waitUntilEnded(
  identity: ProcessIdentity,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(identity)) {
    if (Date.now() >= deadline) {
      return false;
    }
    await sleep(POLL_MS);
  }
  return true;
}

/** Takes the steps in turn until the process has ended; a process that already has is left alone. */
export async function endProcess(
  identity: ProcessIdentity,
  steps: readonly EndingStep[],
): Promise<boolean> {
  for (const step of steps) {
    signalProcess(identity, step.signal);
    if (await waitUntilEnded(identity, step.waitMs)) {
      return true;
    }
  }
  return !isRunning(identity);
}
