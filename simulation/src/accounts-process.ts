import { readEvent } from '@coffer/events/event'
import { bookDeposits } from '@coffer/ledger/book-deposits'
import { accountsHandler } from '@coffer/ledger/events'
import type { UnitOfWork } from '@coffer/ledger/ports'
import { silentLogger } from '@coffer/telemetry/logger'
import type { ConsumerGroup } from './consumer-group.ts'
import { faultyCalls } from './faulty-calls.ts'
import { InjectedFault, type Room, strikes } from './room.ts'
import type { Process } from './schedule.ts'

export type AccountsOptions = {
  group: ConsumerGroup
  unitOfWork: UnitOfWork
  /** Changes with every commit. */
  version: () => unknown
}

/** The account service: it books what the group delivers to it, until it is killed. */
export const accountsProcess =
  (room: Room, { group, unitOfWork, version }: AccountsOptions) =>
  async (process: Process): Promise<void> => {
    const isolated = isolatedWork(room, { process, unitOfWork, version })
    const { coverage } = room
    const metrics = {
      batch: ({ duplicates }: { duplicates: number }) => {
        if (duplicates > 0) coverage.saw('ledger: duplicate passed over')
      },
    }
    const book = bookDeposits({ unitOfWork: isolated })
    const handle = accountsHandler({ bookDeposits: book, logger: silentLogger, metrics })
    group.join(process)
    for (;;) {
      await process.turn('polls')
      const batch = group.fetch(process)
      if (batch.deliveries.length === 0) {
        await process.idle()
        continue
      }
      try {
        await handle(batch.deliveries)
        await process.turn('commits its offsets')
        group.commit(batch)
      } catch (error) {
        if (!(error instanceof InjectedFault)) {
          const ids = batch.deliveries.map((delivery) => readEvent(delivery).id).join(' ')
          throw new Error(`The ledger refused one of ${ids}: ${error}`, { cause: error })
        }
      }
    }
  }

type IsolatedOptions = Pick<AccountsOptions, 'unitOfWork' | 'version'> & { process: Process }

/** As PostgreSQL does it: of two that overlap one commits, and the other begins again. */
function isolatedWork(room: Room, { process, unitOfWork, version }: IsolatedOptions): UnitOfWork {
  return async (work) => {
    for (;;) {
      try {
        const result = await unitOfWork(async (books) => {
          const before = version()
          const done = await work(faultyCalls(room, books, { process, name: 'books' }))
          await process.turn('commits its bookings')
          if (version() !== before) throw new OvertakenError()
          return done
        })
        await process.turn('has committed')
        if (strikes(room, room.faultsPerMille / 4)) {
          room.coverage.saw('database: reply lost after the commit')
          throw new InjectedFault('The reply of the commit was lost.')
        }
        return result
      } catch (error) {
        if (!(error instanceof OvertakenError)) throw error
        room.coverage.saw('ledger: commit refused for another one')
      }
    }
  }
}

class OvertakenError extends Error {}
