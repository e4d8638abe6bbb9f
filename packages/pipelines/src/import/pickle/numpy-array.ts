import { LongText } from './lazy-reader.js';

/** A NumPy element type: kind and size as in its code ("f8", "i8", "b1", "O8"). */
export class NumpyDtype {
  constructor(readonly code: string) {}

  /** State of `numpy.dtype.__reduce__`: (version, byte order, …). */
  __setstate__(state: unknown[]): void {
    if (state[1] === '>') throw new Error(`big-endian numbers ("${this.code}") are not read`);
  }
}

const NUMBERS: Record<string, { size: number; read: (view: DataView, at: number) => number }> = {
  f8: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  f4: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  i8: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  u8: { size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  i4: { size: 4, read: (view, at) => view.getInt32(at, true) },
  u4: { size: 4, read: (view, at) => view.getUint32(at, true) },
  i2: { size: 2, read: (view, at) => view.getInt16(at, true) },
  u2: { size: 2, read: (view, at) => view.getUint16(at, true) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
  u1: { size: 1, read: (view, at) => view.getUint8(at) },
  b1: { size: 1, read: (view, at) => view.getUint8(at) },
};

/** The value of a NumPy scalar of this type. */
export function readNumber(dtype: NumpyDtype, bytes: Uint8Array, index = 0): number | boolean {
  const type = NUMBERS[dtype.code];
  if (type === undefined) throw new Error(`NumPy numbers of type "${dtype.code}" are not read`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = type.read(view, index * type.size);
  return dtype.code === 'b1' ? value !== 0 : value;
}

/** A NumPy array of one or two dimensions. */
export class NumpyArray {
  shape: number[] = [0];
  #dtype = new NumpyDtype('f8');
  #columnsFirst = false;
  #values: unknown[] | null = null;
  #bytes: Uint8Array = new Uint8Array();

  /** State of `ndarray.__reduce__`: (version, shape, dtype, Fortran order, bytes or list). */
  __setstate__(state: unknown[]): void {
    const [, shape, dtype, columnsFirst, data] = state as [
      unknown,
      number[],
      NumpyDtype,
      boolean,
      unknown,
    ];
    this.fill(shape, dtype, columnsFirst, data);
  }

  fill(shape: number[], dtype: NumpyDtype, columnsFirst: boolean, data: unknown): this {
    const size = shape.reduce((product, length) => product * length, 1);
    if (!(dtype instanceof NumpyDtype) || shape.length < 1 || shape.length > 2)
      throw new Error('a NumPy array of more than two dimensions is not read');
    if (Array.isArray(data)) {
      // A list of objects is in C order whatever the memory order was.
      if (data.length !== size) throw new Error('a NumPy array is damaged');
      this.#values = data;
    } else if (data instanceof Uint8Array) {
      const width = NUMBERS[dtype.code]?.size;
      if (width === undefined)
        throw new Error(`NumPy arrays of type "${dtype.code}" are not read; use str or numbers`);
      if (data.length !== size * width) throw new Error('a NumPy array is damaged');
      this.#bytes = data;
    } else throw new Error('a NumPy array is damaged');
    this.shape = shape;
    this.#dtype = dtype;
    this.#columnsFirst = columnsFirst;
    return this;
  }

  get length(): number {
    return this.shape.at(-1)!;
  }

  /** Element [row, column]; of a one-dimensional array, element [column]. */
  at(row: number, column: number): unknown {
    const [rows, columns] =
      this.shape.length === 1 ? [1, this.shape[0]!] : (this.shape as [number, number]);
    if (this.#values !== null) return this.#values[row * columns + column];
    const index = this.#columnsFirst ? column * rows + row : row * columns + column;
    return readNumber(this.#dtype, this.#bytes, index);
  }
}

/** Bytes that protocol 2 keeps as Latin-1 text. */
export function latin1Bytes(text: unknown): Uint8Array {
  return Buffer.from(text instanceof LongText ? text.read() : String(text), 'latin1');
}
