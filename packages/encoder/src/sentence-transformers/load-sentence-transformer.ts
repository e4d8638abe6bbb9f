import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EncoderConfigError } from '../errors.js';
import { SessionPool } from '../sessions/session-pool.js';
import { tokensFeed, type TextModel } from '../text-model.js';
import { buildPooledGraph, declaredDimension, type Pooling } from './pooled-graph.js';
import { TextTokenizer } from './text-tokenizer.js';

/** A sentence-transformers export: a folder with `tokenizer.json` and `model.onnx`. */
export interface SentenceTransformerConfig {
  readonly kind: 'sentence-transformers';
  readonly directory: string;
  readonly pooling: Pooling;
  /** The most tokens of one window, special tokens and prefix included. */
  readonly maxTokens: number;
  /** What the model expects in front of a query, e.g. `query: `; it frames every window. */
  readonly queryPrefix?: string;
  /** Whether rows are scaled to unit length; default false. */
  readonly normalize?: boolean;
}

/** Where the model's file lies: in the folder itself, or in `onnx/`, as the hub lays it out. */
const MODEL_PATHS = ['model.onnx', join('onnx', 'model.onnx')];

interface SentenceTransformerFiles {
  readonly path: string;
  readonly model: Buffer;
  readonly tokenizer: Buffer;
  readonly tokenizerConfig: Buffer;
  readonly id: string;
}

/**
 * The files of the folder, and the id `sentence-transformers@<hash>`: a hash of the files and of
 * every setting that changes a vector, so that it is the same wherever the folder lies.
 * @throws EncoderConfigError when a file is missing.
 */
export async function readSentenceTransformer(
  config: SentenceTransformerConfig,
): Promise<SentenceTransformerFiles> {
  const { path, bytes: model } = await readModel(config.directory);
  const tokenizerPath = join(config.directory, 'tokenizer.json');
  const tokenizer = await readFile(tokenizerPath).catch((cause: unknown) => {
    throw new EncoderConfigError(`there is no readable ${tokenizerPath}`, { cause });
  });
  const tokenizerConfig = await readFile(join(config.directory, 'tokenizer_config.json')).catch(
    () => Buffer.from('{}'),
  );
  const { pooling, maxTokens, queryPrefix = '', normalize = false } = config;
  const hash = createHash('sha256')
    .update(JSON.stringify({ pooling, maxTokens, queryPrefix, normalize }))
    .update(model)
    .update(tokenizer)
    .update(tokenizerConfig)
    .digest('hex')
    .slice(0, 16);
  return { path, model, tokenizer, tokenizerConfig, id: `sentence-transformers@${hash}` };
}

/** @throws EncoderConfigError when a file is missing or the model is no text transformer. */
export async function loadSentenceTransformer(
  config: SentenceTransformerConfig,
): Promise<TextModel> {
  const files = await readSentenceTransformer(config);
  const tokenizer = new TextTokenizer(
    parseJson(files.tokenizer, 'tokenizer.json'),
    parseJson(files.tokenizerConfig, 'tokenizer_config.json'),
    config.queryPrefix ?? '',
  );
  const { head, tail } = tokenizer.frame;
  const maxContentTokens = config.maxTokens - head.length - tail.length;
  if (maxContentTokens < 1) {
    throw new EncoderConfigError(
      `maxTokens ${config.maxTokens} leaves no room beside ${head.length + tail.length} special and prefix tokens: raise it`,
    );
  }
  const model = buildPooledGraph(files.model, {
    pooling: config.pooling,
    normalize: config.normalize ?? false,
  });
  const frame = (window: readonly number[]): number[] => {
    const framed = [...head, ...window, ...tail];
    return framed.length === 0 ? [0] : framed;
  };
  return {
    id: files.id,
    dimension: declaredDimension(files.model) ?? (await measureDimension(model, frame([]))),
    maxTokens: config.maxTokens,
    maxContentTokens,
    model,
    tokenize: (text) => tokenizer.encode(text),
    frame,
  };
}

async function readModel(directory: string): Promise<{ path: string; bytes: Buffer }> {
  for (const name of MODEL_PATHS) {
    const path = join(directory, name);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined) return { path, bytes };
  }
  throw new EncoderConfigError(
    `there is no readable ${MODEL_PATHS.join(' or ')} in ${directory}: export the model to ONNX`,
  );
}

function parseJson(bytes: Buffer, name: string): object {
  try {
    return JSON.parse(bytes.toString('utf8')) as object;
  } catch (cause) {
    throw new EncoderConfigError(`${name} is not JSON`, { cause });
  }
}

/** One run over one blank window tells the width that the export left symbolic. */
async function measureDimension(model: Uint8Array, window: number[]): Promise<number> {
  const pool = await SessionPool.open(() => model, 1);
  try {
    const { embeddings } = await pool.run({ tokens: tokensFeed([window]) });
    return embeddings?.length ?? 0;
  } finally {
    await pool.close();
  }
}
