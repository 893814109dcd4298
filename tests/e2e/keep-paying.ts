import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import type { CofferUnderTest } from './coffer-under-test.ts'

/** Deposits that may wait for their credit before no more are paid. */
const BACKLOG_MAX = 30

/** A process may be killed several times in a row before it has credited anything, milliseconds. */
const CREDITED_MS = 120_000

/** Ends at the latest with its scope, so that nobody pays on behind the back of a failed test. */
export type Paying = AsyncDisposable & {
  /** Resolves when the last payment is mined. Throws why paying ended early. */
  stop(): Promise<void>
}

/**
 * Pays deposits, whoever lives or dies, until it is stopped. Gives up when it waits for credits
 * longer than `timeoutMs`.
 */
export function keepPaying(under: CofferUnderTest, { timeoutMs = CREDITED_MS } = {}): Paying {
  const stopping = new AbortController()
  const hasRoom = async () =>
    stopping.signal.aborted || (await credits(under)) > under.paid() - BACKLOG_MAX
  const paying = async () => {
    while (!stopping.signal.aborted) {
      await under.pay({ count: 5, blocks: 2 })
      await waitFor(hasRoom, { what: 'credits that make room for more', timeoutMs })
    }
  }
  const done = paying()
  // It is awaited when it is told to stop.
  done.catch(() => undefined)
  return {
    async stop() {
      stopping.abort()
      await done
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await done.catch(() => undefined)
    },
  }
}

/** How many deposits are credited. */
export async function credits({ postgres }: CofferUnderTest): Promise<number> {
  const [row] = await postgres.execute<{ count: number }>(sql`
    select count(*)::int as count from ledger.transactions where code = 'deposit.credit'`)
  return row?.count ?? 0
}
