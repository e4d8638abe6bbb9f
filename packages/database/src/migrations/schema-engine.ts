import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

export interface OpenSchemaEngine {
  engine: bindings.SchemaEngine;
  close: () => Promise<void>;
}

/** Prisma's schema engine, as WebAssembly, on one connection to the database. */
export async function openSchemaEngine(databaseUrl: string): Promise<OpenSchemaEngine> {
  await (loading ??= loadWasm());
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  markCatalogLetters(pool);
  const factory = bindMigrationAwareSqlAdapterFactory(new WholeScriptAdapterFactory(pool));
  const engine = await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  return {
    engine,
    close: async () => {
      engine.free();
      await pool.end();
    },
  };
}

/** What is used of the global; its types stand in the DOM library alone. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** The bindings keep their instance in a module variable: one a process. */
let loading: Promise<void> | undefined;

async function loadWasm(): Promise<void> {
  const path = fileURLToPath(
    new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm')),
  );
  const { instance } = await WebAssembly.instantiate(await readFile(path), {
    './schema_engine_bg.js': { ...bindings, ...unreferencedTimers() },
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
}

/**
 * The engine never clears the timer that bounds its wait for a lock: it would keep a process that
 * has migrated, and nothing else to do, for ten seconds more.
 */
function unreferencedTimers(): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(bindings)
      .filter((name) => name.startsWith('__wbg_setTimeout_'))
      .map((name) => [
        name,
        (callback: () => void, ms: number) => setTimeout(callback, ms >>> 0).unref(),
      ]),
  );
}

/**
 * The stock adapter cuts a script at every semicolon, also in function bodies, and sends the pieces
 * one by one. Sent whole, a script is one implicit transaction: a migration happens or it does not.
 */
class WholeScriptAdapterFactory extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type) =>
        type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }
}

const CATALOG_LETTER_OID = 18;
const CATALOG_LETTER_ARRAY_OID = 1002;

/**
 * The stock adapter refuses the type `"char"` of Postgres's catalogs, which the engine reads as a
 * character. It knows arrays of them, none of which the engine reads: columns pass it under that type.
 */
function markCatalogLetters(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  const queryLetters = async (config: pg.QueryConfig) => {
    const result = await query(config);
    // A script of several statements has an array of results, none of which is read.
    for (const field of Array.isArray(result) ? [] : result.fields)
      if (field.dataTypeID === CATALOG_LETTER_OID) field.dataTypeID = CATALOG_LETTER_ARRAY_OID;
    return result;
  };
  pool.query = queryLetters as typeof pool.query;
}
