// Calls Prisma Migrate's own engine (its WebAssembly build). Reads requests from standard input, one JSON object a line: {id, database, folder, method, name}; writes an answer for each:
// {id, ok: …} or {id, error: {name, code, message}}. Ends with its input.
// The database is sqlite:<file>, or a name on the server that host, port and user of the request say.
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const { PrismaLibSql } = require('@prisma/adapter-libsql')
const { PrismaPg } = require('@prisma/adapter-pg')
const { bindMigrationAwareSqlAdapterFactory } = require('@prisma/driver-adapter-utils')

async function loadEngine() {
  const glue = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bindings = await import(pathToFileURL(glue))
  const bytes = fs.readFileSync(path.join(path.dirname(glue), 'schema_engine_bg.wasm'))
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(exports)
  exports.__wbindgen_start()
  return bindings.SchemaEngine
}

// What the adapter does otherwise than the native engine, put right: a script goes out whole instead of being cut at each ";", columns of the type "char" count as text,
// and the shadow database is dropped although its own pool is still connected to it.
function asNative(connection) {
  const pool = connection.client
  pool.on?.('error', () => {})
  const send = pool.query.bind(pool)
  pool.query = async (...query) => {
    const answer = await send(...query)
    for (const field of answer?.fields ?? []) field.dataTypeID = field.dataTypeID === 18 ? 25 : field.dataTypeID
    return answer
  }
  connection.executeScript = async (script) => {
    const whole = /^DROP DATABASE "prisma_migrate_shadow_db_/.test(script) ? `${script} WITH (FORCE)` : script
    try {
      await send(whole)
    } catch (problem) {
      connection.onError(problem)
    }
  }
  return connection
}

// The engine leaves its connections to the end of the process; here each request's are closed with it, and their locks with them.
function closing(Adapter, prepare, open) {
  const kept = async (connection) => {
    open.push(await connection)
    return prepare(await connection)
  }
  return class extends Adapter {
    connect = () => kept(Adapter.prototype.connect.call(this))
    connectToShadowDb = () => kept(Adapter.prototype.connectToShadowDb.call(this))
  }
}

function migrationsOf(folder) {
  const content = (file) => {
    try {
      return { tag: 'ok', value: fs.readFileSync(path.join(folder, file), 'utf8') }
    } catch (problem) {
      return { tag: 'error', value: String(problem) }
    }
  }
  const directories = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return {
    baseDir: folder,
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: content('migration_lock.toml').value },
    migrationDirectories: directories
      .sort((a, b) => a.localeCompare(b))
      .map((name) => ({ path: name, migrationFile: { path: 'migration.sql', content: content(path.join(name, 'migration.sql')) } })),
  }
}

function inputOf({ method, name, folder }) {
  const migrationsList = migrationsOf(folder)
  const filters = { externalTables: [], externalEnums: [] }
  return {
    applyMigrations: { migrationsList, filters },
    diagnoseMigrationHistory: { migrationsList, optInToShadowDatabase: false, filters },
    devDiagnostic: { migrationsList, filters },
    markMigrationApplied: { migrationName: name, migrationsList },
    markMigrationRolledBack: { migrationName: name },
  }[method]
}

async function answer(request) {
  const { database, host, port, user, method } = request
  const open = []
  try {
    const sqlite = database.startsWith('sqlite:')
    // For PostgreSQL never a connection string: its database would win over the shadow database's name, and the shadow would be the database itself.
    const adapter = sqlite
      ? new (closing(PrismaLibSql, (connection) => connection, open))({ url: `file:${database.slice('sqlite:'.length)}` }, { timestampFormat: 'unixepoch-ms' })
      : new (closing(PrismaPg, asNative, open))({ host, port, user, database })
    const schema = ['schema.prisma', `datasource db {\n  provider = "${sqlite ? 'sqlite' : 'postgresql'}"\n}\n`]
    const engine = await SchemaEngine.new({ datamodels: [schema] }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter))
    return { ok: (await engine[method](inputOf(request))) ?? null }
  } catch (problem) {
    return { error: { name: problem.name, code: problem.code ?? '', message: String(problem.message || problem).slice(0, 2000) } }
  } finally {
    await Promise.allSettled(open.map((connection) => connection.dispose()))
  }
}

const SchemaEngine = await loadEngine()
for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  answer(request).then((said) => console.log(JSON.stringify({ id: request.id, ...said })))
}
