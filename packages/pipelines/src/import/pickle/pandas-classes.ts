import { LongText } from './lazy-reader.js';
import { latin1Bytes, NumpyArray, NumpyDtype, readNumber } from './numpy-array.js';

/** Columns that lie together: `values[k]` is the column at place `places[k]` of the frame. */
export interface PandasBlock {
  values: NumpyArray;
  places: number[];
}

export class PandasBlockManager {
  constructor(
    readonly blocks: PandasBlock[],
    /** [columns, rows]. */
    readonly axes: PandasIndex[],
  ) {}
}

export class PandasFrame {
  manager: PandasBlockManager | null = null;

  __setstate__(state: unknown): void {
    const manager: unknown = state instanceof Map ? state.get('_mgr') : null;
    if (manager instanceof PandasBlockManager) this.manager = manager;
  }
}

/** Labels of columns or rows; a range of row numbers is only counted. */
export class PandasIndex {
  constructor(
    readonly length: number,
    readonly labels: unknown[] | null,
  ) {}
}

class Slice {
  constructor(
    readonly start: number,
    readonly stop: number,
    readonly step: number,
  ) {}
}

/** pandas 3 keeps text columns as an extension array around a NumPy array of objects. */
class StringArray {
  values: NumpyArray | null = null;

  __setstate__(state: unknown[]): void {
    this.values = state.find((part) => part instanceof NumpyArray) ?? null;
  }
}

/** Refuses a pickle that names a class this reader does not know. */
export class UnknownClassError extends Error {}

const MOST_COLUMNS = 1_000_000;

type Constructor = (...parameters: never[]) => unknown;

/** A class that is only named, as a parameter of another's constructor. */
const marker = (name: string): Constructor =>
  function () {
    throw new UnknownClassError(`${name} is built in a way that is not read`);
  };
const INDEX = marker('pandas.Index');
const RANGE_INDEX = marker('pandas.RangeIndex');
const NDARRAY = marker('numpy.ndarray');
const STRING_ARRAY = marker('pandas.arrays.StringArray');

const reconstruct = function () {
  return new NumpyArray();
};
const fromBuffer = function (bytes: Uint8Array, dtype: NumpyDtype, shape: number[], order: string) {
  return new NumpyArray().fill(shape, dtype, order === 'F', bytes);
};
const scalar = function (dtype: NumpyDtype, bytes: Uint8Array) {
  return readNumber(dtype, bytes);
};

/**
 * The whole of what a pickle may name, as module and name, for DataFrames of pandas 1.5 to 3 and
 * NumPy 1 and 2. Each entry builds plain data; nothing of the pickle is ever run.
 */
const KNOWN: Record<string, Constructor> = {
  'pandas.core.frame.DataFrame': function () {
    return new PandasFrame();
  },
  'pandas.core.internals.managers.BlockManager': function (
    blocks: PandasBlock[],
    axes: PandasIndex[],
  ) {
    return new PandasBlockManager(blocks, axes);
  },
  'pandas._libs.internals._unpickle_block': function (values: unknown, places: unknown) {
    const array = values instanceof StringArray ? values.values : values;
    if (!(array instanceof NumpyArray)) throw new Error('a block of the DataFrame is damaged');
    return { values: array, places: placesOf(places) } satisfies PandasBlock;
  },
  'pandas.core.indexes.base._new_Index': function (kind: unknown, parts: Map<string, unknown>) {
    if (kind === RANGE_INDEX) {
      const [start, stop, step] = ['start', 'stop', 'step'].map((part) => Number(parts.get(part)));
      return new PandasIndex(Math.max(0, Math.ceil((stop! - start!) / step!)), null);
    }
    const data = parts.get('data');
    const array = data instanceof StringArray ? data.values : data;
    if (!(array instanceof NumpyArray)) throw new Error('an index of the DataFrame is damaged');
    const labels = Array.from({ length: array.length }, (_, i) => {
      const label = array.at(0, i);
      return label instanceof LongText ? label.read() : label;
    });
    return new PandasIndex(labels.length, labels);
  },
  'pandas.core.indexes.base.Index': INDEX,
  'pandas.core.indexes.numeric.Int64Index': INDEX,
  'pandas.core.indexes.range.RangeIndex': RANGE_INDEX,
  'pandas._libs.arrays.__pyx_unpickle_NDArrayBacked': function (kind: unknown) {
    if (kind !== STRING_ARRAY) throw new Error('an array of the DataFrame is not read');
    return new StringArray();
  },
  'pandas.core.arrays.string_.StringArray': STRING_ARRAY,
  'pandas.core.arrays.string_.StringDtype': function () {
    return null;
  },
  'numpy.core.multiarray._reconstruct': reconstruct,
  'numpy.core.numeric._frombuffer': fromBuffer,
  'numpy.core.multiarray.scalar': scalar,
  'numpy.ndarray': NDARRAY,
  'numpy.dtype': function (code: string) {
    return new NumpyDtype(code);
  },
  '_codecs.encode': latin1Bytes,
  'builtins.slice': function (start: number, stop: number, step: number | null) {
    return new Slice(start, stop, step ?? 1);
  },
};

// A pickle may assign to what it names: not to these.
for (const build of Object.values(KNOWN)) Object.freeze(build);

/** Later and older names of the same things. */
const RENAMED: [RegExp, string][] = [
  [/^numpy\._core\./, 'numpy.core.'],
  [/^__builtin__\./, 'builtins.'],
  [/^pandas\.DataFrame$/, 'pandas.core.frame.DataFrame'],
  [/^pandas\.Index$/, 'pandas.core.indexes.base.Index'],
  [/^pandas\.RangeIndex$/, 'pandas.core.indexes.range.RangeIndex'],
  [/^pandas\.StringDtype$/, 'pandas.core.arrays.string_.StringDtype'],
  [/^pandas\.arrays\.StringArray$/, 'pandas.core.arrays.string_.StringArray'],
];

/** @throws UnknownClassError that names what is not on the list. */
export function resolvePandasName(module: string, name: string): Constructor {
  const written = `${module}.${name}`;
  const full = RENAMED.reduce((text, [old, now]) => text.replace(old, now), written);
  const known = Object.hasOwn(KNOWN, full) ? KNOWN[full] : undefined;
  if (known === undefined)
    throw new UnknownClassError(
      `the pickle names ${written.slice(0, 120)}, which is no part of a plain DataFrame and is not loaded; export the frame as CSV instead`,
    );
  return known;
}

function placesOf(places: unknown): number[] {
  if (places instanceof NumpyArray)
    return Array.from({ length: places.length }, (_, i) => Number(places.at(0, i)));
  if (!(places instanceof Slice)) throw new Error('the DataFrame is damaged');
  const { start, stop, step } = places;
  const count = Math.ceil((stop - start) / step);
  if (!(count >= 0 && count <= MOST_COLUMNS)) throw new Error('the DataFrame is damaged');
  return Array.from({ length: count }, (_, i) => start + i * step);
}
