import { readFileSync } from 'node:fs'
import { memoryLog } from '@coffer/messaging/testing/memory-log'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { postgresShadow } from '../adapters/postgres-shadow.ts'
import { rebuildLedger } from '../usecases/rebuild-ledger.ts'

// A process of its own, so that a crash point can kill it: rebuilds the ledger from the log in a
// file, puts it in place if it is told to, and prints its report.
const [databaseUrl = '', logFile = '', place, crashAt] = process.argv.slice(2)
armCrashPoint(crashAt, 'test')
await using postgres = openPostgres(databaseUrl, { connectionsMax: 2 })
const deliveries = JSON.parse(readFileSync(logFile, 'utf8'))
const log = memoryLog({ deliveries, atOnce: 4 })
const putInPlace = place === 'into-live'
const report = await rebuildLedger({ log, shadow: postgresShadow(postgres) })({ putInPlace })
process.stdout.write(JSON.stringify(report))
