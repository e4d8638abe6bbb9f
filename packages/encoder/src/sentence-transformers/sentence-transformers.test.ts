import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureEncoder } from '../encoder-config.js';
import { EncoderConfigError } from '../errors.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { openComposed } from '../open-composed.js';
import { openEncoder, type Encoder } from '../open-encoder.js';
import type { SentenceTransformerConfig } from './load-sentence-transformer.js';

jest.setTimeout(60_000);

const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'query', ':', 'cheap', 'model', '##s', 'a'];
const [CLS, SEP, QUERY, COLON, CHEAP, MODEL, PLURAL, A] = [2, 3, 4, 5, 6, 7, 8, 9] as const;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentence-transformers-'));
  await writeExport(root, {});
});

afterAll(() => rm(root, { recursive: true }));

describe('a sentence-transformers export', () => {
  it('is tokenised by its own tokenizer, with special tokens around', async () => {
    await withEncoder({}, async (encoder) => {
      expect(encoder.windows('Cheap models')).toEqual({
        tokens: [[CLS, CHEAP, MODEL, PLURAL, SEP]],
        tokenCount: 3,
      });
      expect(encoder.windows('')).toEqual({ tokens: [[CLS, SEP]], tokenCount: 0 });
    });
  });

  it('pools by the mean of the token vectors', async () => {
    await withEncoder({}, async (encoder) => {
      expect(encoder.dimension).toBe(2);
      expect([...(await encoder.embedWindows('cheap models'))]).toEqual(
        meanOf([CLS, CHEAP, MODEL, PLURAL, SEP]),
      );
    });
  });

  it('pools by the first token, and scales to unit length', async () => {
    await withEncoder({ pooling: 'cls', normalize: true }, async (encoder) => {
      const [x = 0, y = 0] = vectorOf(CLS);
      const embedding = await encoder.embedWindows('cheap models');
      expect(embedding[0]).toBeCloseTo(x / Math.hypot(x, y), 6);
      expect(embedding[1]).toBeCloseTo(y / Math.hypot(x, y), 6);
    });
  });

  it('frames every window of a long text with prefix and special tokens', async () => {
    await withEncoder({ maxTokens: 8, queryPrefix: 'query: ' }, async (encoder) => {
      const { tokens, tokenCount } = encoder.windows('a a a a cheap models');
      expect(tokenCount).toBe(7);
      expect(tokens).toEqual([
        [CLS, QUERY, COLON, A, A, A, A, SEP],
        [CLS, QUERY, COLON, A, CHEAP, MODEL, PLURAL, SEP],
      ]);
      expect([...(await encoder.embedWindows('a a a a cheap models'))]).toEqual(
        tokens.flatMap((window) => meanOf(window)),
      );
    });
  });

  it('measures a dimension that the export leaves symbolic, and lies in onnx/ as well', async () => {
    const directory = join(root, 'symbolic');
    await writeExport(directory, { dimension: 'D', folder: 'onnx', opset: 11 });
    await withEncoder({ directory }, async (encoder) => {
      expect(encoder.dimension).toBe(2);
      expect([...(await encoder.embedWindows('a'))]).toEqual(meanOf([CLS, A, SEP]));
    });
  });

  it('is named by its content and its settings, not by its place', async () => {
    const copy = join(root, 'copy');
    await writeExport(copy, {});
    const { id } = await ensureEncoder(configure({}));
    expect(id).toMatch(/^sentence-transformers@[0-9a-f]{16}$/);
    expect((await ensureEncoder(configure({ directory: copy }))).id).toBe(id);
    expect((await ensureEncoder(configure({ pooling: 'cls' }))).id).not.toBe(id);
    await withEncoder({}, async (encoder) => expect(encoder.id).toBe(id));
  });

  it('runs with a head in one session', async () => {
    const head = new GraphBuilder('head');
    const windows = head.input('windows', 'float32', ['W', 2]);
    const features = head.input('features', 'float32', [1]);
    head.node('Add', [windows, features], {}, 'shifted');
    head.output('shifted', 'float32', ['W', 2]);
    const predictor = await openComposed(configure({}), head.build());
    try {
      const { shifted } = await predictor.run('a', Float32Array.of(128));
      expect([...(shifted ?? [])]).toEqual(
        meanOf([CLS, A, SEP]).map((value) => Math.fround(value + 128)),
      );
    } finally {
      await predictor.close();
    }
  });

  it('says what is missing or not supported', async () => {
    const empty = join(root, 'empty');
    await mkdir(empty);
    await expect(openEncoder(configure({ directory: empty }))).rejects.toThrow(/model\.onnx/);
    const foreign = join(root, 'foreign');
    await writeExport(foreign, { extraInput: 'pixel_values' });
    await expect(openEncoder(configure({ directory: foreign }))).rejects.toThrow(/pixel_values/);
    await expect(openEncoder(configure({ maxTokens: 2 }))).rejects.toThrow(EncoderConfigError);
  });
});

function configure(settings: Partial<SentenceTransformerConfig>): SentenceTransformerConfig {
  return {
    kind: 'sentence-transformers',
    directory: root,
    pooling: 'mean',
    maxTokens: 16,
    ...settings,
  };
}

async function withEncoder(
  settings: Partial<SentenceTransformerConfig>,
  use: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await openEncoder(configure(settings));
  try {
    await use(encoder);
  } finally {
    await encoder.close();
  }
}

/** The tiny model's vector of a token: binary fractions, so that sums are exact. */
function vectorOf(token: number): number[] {
  return [token / 4 + 1, (token % 3) / 2 - 1];
}

function meanOf(tokens: readonly number[]): number[] {
  return [0, 1].map((axis) => {
    const sum = tokens.reduce((total, token) => total + (vectorOf(token)[axis] ?? NaN), 0);
    return Math.fround(sum / tokens.length);
  });
}

interface ExportOptions {
  readonly dimension?: string;
  readonly folder?: string;
  readonly opset?: number;
  readonly extraInput?: string;
}

async function writeExport(directory: string, options: ExportOptions): Promise<void> {
  const folder = join(directory, options.folder ?? '');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), buildTinyTransformer(options));
  await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(TOKENIZER));
}

/** last_hidden_state = table[input_ids] · attention_mask + token_type_ids. */
function buildTinyTransformer({ dimension, opset = 17, extraInput }: ExportOptions): Uint8Array {
  const graph = new GraphBuilder('tiny', { opset });
  const [ids, mask, types] = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
    graph.input(name, 'int64', ['batch', 'sequence']),
  ) as [string, string, string];
  if (extraInput !== undefined) graph.input(extraInput, 'float32', [1]);
  const table = Float32Array.from(VOCABULARY.flatMap((_, token) => vectorOf(token)));
  const rows = graph.node('Gather', [graph.float32('table', table, [VOCABULARY.length, 2]), ids]);
  const column = (value: string): string => {
    const float = graph.node('Cast', [value], { to: { int: 1 } });
    return opset < 13
      ? graph.node('Unsqueeze', [float], { axes: { ints: [2] } })
      : graph.node('Unsqueeze', [float, graph.int64(`${value}.axis`, [2], [1])]);
  };
  const masked = graph.node('Mul', [rows, column(mask)]);
  graph.node('Add', [masked, column(types)], {}, 'last_hidden_state');
  graph.output('last_hidden_state', 'float32', ['batch', 'sequence', dimension ?? 2]);
  return graph.build();
}

const special = (id: number) => ({
  id,
  content: VOCABULARY[id],
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [0, 1, CLS, SEP].map(special),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [CLS], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [SEP], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((token, id) => [token, id])),
  },
};
