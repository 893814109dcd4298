import { chown, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PartPlan, PlanSurroundings } from './part-plan.ts'
import { type Account, isReachable, postgresAccount } from './postgres-account.ts'
import { type PostgresBinaries, postgresBinaries, reachableBinaries } from './postgres-binaries.ts'
import { provePostgres, withClient } from './prove-postgres.ts'

const DATABASE = 'coffer'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '512MB',
  // Each checkpoint makes the next write of every page a write of the whole page.
  max_wal_size: '4GB',
  // Every commit would wait while a new segment of the log is filled with zeros.
  wal_init_zero: 'off',
  // Files among the data instead of shared memory, which would outlive a killed server.
  dynamic_shared_memory_type: 'mmap',
  lc_messages: 'C',
}

/** No waiting for the disk: what was committed outlives a kill of the server all the same. */
const FORGOING_DURABILITY = { fsync: 'off', full_page_writes: 'off' }

/** A PostgreSQL server of the npm package's programs, with an empty database `coffer`. */
export async function planPostgres(surroundings: PlanSurroundings): Promise<PartPlan> {
  const { folder, run, isDurable } = surroundings
  const settings = isDurable ? SETTINGS : { ...SETTINGS, ...FORGOING_DURABILITY }
  const account = await postgresAccount(run)
  let binaries = postgresBinaries()
  let data: string | undefined
  const url = (port: number, database = DATABASE) =>
    `postgres://postgres@127.0.0.1:${port}/${database}`
  return {
    part: 'postgres',
    async fetch() {
      if (account !== undefined) binaries = await reachableBinaries(binaries)
    },
    async configure(port) {
      data ??= await initialise({ folder, run, account, binaries })
      return {
        command: join(binaries.bin, 'postgres'),
        args: ['-D', data, '-p', String(port), ...postgresArguments(settings)],
        cwd: data,
        ...(account === undefined ? {} : { account }),
      }
    },
    url: (port) => url(port),
    async prove({ port }) {
      const { directory } = await provePostgres(url(port, 'postgres'))
      if (directory !== data) throw new Error(`Port ${port} is answered by another server.`)
      await createDatabase(url(port, 'postgres'))
    },
    // "Fast": open transactions are rolled back, connections cut, a checkpoint written.
    gentleSignal: 'SIGINT',
    lastSignal: 'SIGQUIT',
  }
}

/** Settings as the server takes them on its command line. */
const postgresArguments = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

type Initialise = Pick<PlanSurroundings, 'folder' | 'run'> & {
  account: Account | undefined
  binaries: PostgresBinaries
}

/** Makes an empty cluster and answers its folder. */
async function initialise({ folder, run, account, binaries }: Initialise): Promise<string> {
  const data = await dataFolder(folder, account)
  const args = [
    ...['-D', data, '-U', 'postgres', '--auth', 'trust', '--encoding', 'UTF8'],
    // The same order of text on every platform, whatever its own locales.
    ...['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--no-sync', '--no-instructions'],
  ]
  const result = await run(join(binaries.bin, 'initdb'), args, {
    cwd: data,
    onSpawn: (child) => folder.adopt(child, { name: 'initdb' }),
    ...account,
  })
  if (result === 'missing') throw new Error(`${binaries.bin} holds no initdb.`)
  if (result.code !== 0) throw new Error(`initdb failed: ${result.output.trim()}`)
  return data
}

async function dataFolder(
  folder: PlanSurroundings['folder'],
  account: Account | undefined,
): Promise<string> {
  const data = join(folder.dir, 'postgres')
  if (account === undefined) {
    await mkdir(data, { mode: 0o700 })
    return data
  }
  const reachable = await isReachable(folder.dir)
  const place = reachable ? data : await mkdtemp(join(tmpdir(), 'coffer-postgres-data-'))
  if (reachable) await mkdir(place, { mode: 0o700 })
  else folder.record({ kind: 'folder', path: place })
  await chown(place, account.uid, account.gid)
  return place
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
  })
}
