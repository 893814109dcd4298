import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { postgresUnitOfWork } from '../adapters/postgres-unit-of-work.ts'
import { bookDeposits } from '../usecases/book-deposits.ts'
import { sampleBatch } from './sample-events.ts'

// A process of its own, so that a crash point can kill it: books the sample batch and ends.
const [databaseUrl = '', crashAt] = process.argv.slice(2)
armCrashPoint(crashAt, 'test')
await using postgres = openPostgres(databaseUrl, { connectionsMax: 1 })
const unitOfWork = postgresUnitOfWork({ postgres })
await bookDeposits({ unitOfWork })(sampleBatch)
