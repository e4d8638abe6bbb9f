import { existsSync } from 'node:fs';
import type { ModelInfo } from '@zerorouter/data-set';
import { BadInputError } from '@zerorouter/data-set';
import type { ProgressListener } from '../progress.js';
import type { ImportSummary } from './data-set-writer.js';
import { DataSetWriter } from './data-set-writer.js';

export const IMPORT_FORMATS = ['routerbench', 'llmrouterbench', 'routerarena', 'embedllm'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface ImportOptions {
  format: ImportFormat;
  /** File or folder of the source, as it is published. */
  from: string;
  /** The data-set folder to write; must not exist, or be empty. */
  outDir: string;
  /** At most so many queries, the first of the source. */
  limit?: number;
  onProgress?: ProgressListener;
}

/**
 * Reads a public collection of outcomes into a data-set folder of the offline protocol, written whole
 * or not at all. Ids are those of the source; the same source gives the same bytes.
 * @throws BadInputError that names file, line or row, and the mend.
 */
export async function importDataSet(options: ImportOptions): Promise<ImportSummary> {
  const { format, from, outDir, limit = Infinity, onProgress = () => undefined } = options;
  if (!existsSync(from)) throw new BadInputError(from, null, 'does not exist');
  const writer = new DataSetWriter(outDir, limit);
  try {
    let modelInfo = new Map<string, ModelInfo>();
    // Each loaded where it is needed: the other verbs and the services read no Parquet and no pickles.
    switch (format) {
      case 'routerbench': {
        const { importRouterBench } = await import('./routerbench.js');
        await importRouterBench(from, writer, onProgress);
        break;
      }
      case 'llmrouterbench': {
        const { importLlmRouterBench } = await import('./llmrouterbench.js');
        await importLlmRouterBench(from, writer, onProgress);
        break;
      }
      case 'routerarena': {
        const { importRouterArena } = await import('./routerarena.js');
        modelInfo = await importRouterArena(from, writer, onProgress);
        break;
      }
      case 'embedllm': {
        const { importEmbedLlm } = await import('./embedllm.js');
        await importEmbedLlm(from, writer, onProgress, limit);
        break;
      }
    }
    return writer.finish(from, modelInfo);
  } catch (error) {
    writer.discard();
    throw error;
  }
}
