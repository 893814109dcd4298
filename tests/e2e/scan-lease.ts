import type { RunningApp } from '@coffer/devstack/run-app'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import type { CofferUnderTest } from './coffer-under-test.ts'

/** Who follows the chain, for how many leases before it, and how long the others wait for it. */
export type ScanLease = { holder: string; epoch: number; secondsLeft: number }

export async function scanLease({ postgres }: CofferUnderTest): Promise<ScanLease> {
  const [row] = await postgres.execute<{ holder: string; epoch: string; left: string }>(sql`
    select lease_holder as holder, lease_epoch as epoch,
      extract(epoch from lease_until - clock_timestamp()) as left
    from deposits.chains`)
  return {
    holder: row?.holder ?? '',
    epoch: Number(row?.epoch ?? 0),
    secondsLeft: Number(row?.left ?? 0),
  }
}

/**
 * Pauses the scanner that has the lease, in the midst of a transaction if asked for. One that is
 * not caught so goes on; then the next.
 */
export async function pausedHolder(
  under: CofferUnderTest,
  { isWriting = false } = {},
): Promise<ScanLease & { scanner: RunningApp }> {
  const pause = async () => {
    const before = await scanLease(under)
    const pid = Number(before.holder.split(':')[1])
    const scanner = [...under.coffer.apps.values()].find((app) => app.pid() === pid)
    scanner?.kill('SIGSTOP')
    const isHolder = (await scanLease(under)).epoch === before.epoch
    if (scanner && isHolder && (!isWriting || (await isChainLocked(under)))) {
      return { ...before, scanner }
    }
    scanner?.kill('SIGCONT')
    return undefined
  }
  return await waitFor(pause, { what: 'a scanner with the lease', intervalMs: 3 })
}

/** Whether a transaction has the chain's row, so that nobody else can take the lease. */
async function isChainLocked({ postgres }: CofferUnderTest): Promise<boolean> {
  const free = await postgres.execute(sql`select from deposits.chains for update skip locked`)
  return free.length === 0
}

/** Whether another has taken over since `before`. */
export const takenFrom = (under: CofferUnderTest, before: ScanLease) => async () =>
  (await scanLease(under)).epoch > before.epoch
