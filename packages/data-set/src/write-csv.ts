import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Writes a file whole or not at all: what `produce` writes goes to a partial file that is renamed. */
export async function writeWhole(
  path: string,
  produce: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  const partial = `${target}.${process.pid}.partial`;
  mkdirSync(dirname(target), { recursive: true });
  const output = createWriteStream(partial);
  try {
    await produce(async (text) => {
      if (!output.write(text)) await once(output, 'drain');
    });
    output.end();
    await once(output, 'finish');
    renameSync(partial, target);
  } catch (error) {
    output.destroy();
    rmSync(partial, { force: true });
    throw error;
  }
}

export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
