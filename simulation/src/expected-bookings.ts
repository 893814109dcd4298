import { FIRST_CODE } from '@coffer/deposits/testing/fake-tokens'
import { LATE_ASSET, PROXY_ASSET } from './accepted-assets.ts'
import type { Expected } from './judge-ledger.ts'
import type { Meant } from './payments.ts'
import type { World } from './world.ts'

export type ExpectedDeposits = Expected & {
  /** What is to be known, and not booked. */
  recorded: readonly Meant[]
}

/** What the blocks that are the chain in the end pay to whom. */
export function expectedBookings({ scan, payments, payers, policy, config }: World) {
  const expected = { must: [] as Meant[], may: [] as Meant[], recorded: [] as Meant[] }
  let code: string = FIRST_CODE
  for (const { number, transactions } of scan.chain.blocks()) {
    const senders = new Set(transactions.map(({ from }) => from))
    // What counts is the code at the end of the block.
    for (const { succeeded, upgradesTo } of transactions) {
      if (succeeded && upgradesTo) code = upgradesTo
    }
    for (const transaction of transactions) {
      for (const meant of payments.meantBy(transaction)) {
        if (!payers.isRegistered(meant.to)) continue
        const isHalted = meant.asset === PROXY_ASSET && code !== FIRST_CODE
        const isUnlisted = meant.asset === LATE_ASSET && !config.isLateListed
        const reason = isHalted ? 'asset_halted' : isUnlisted ? 'asset_not_accepted' : meant.reason
        const isBooked = !isHalted && !isUnlisted && meant.fate !== 'record'
        // Nobody's before its address was registered or its token listed, and found by a rescan;
        // the same goes for blocks below the first that is scanned.
        const isLate = meant.asset === LATE_ASSET || payers.isEarly(transaction, meant.to)
        // Who pays fees himself has a balance that proves nothing.
        const isUnproven = meant.isDoubtful && senders.has(meant.to)
        const isSure = !isLate && !isUnproven && number >= policy.start
        if (isBooked) (isSure ? expected.must : expected.may).push(meant)
        else if (isSure) expected.recorded.push({ ...meant, reason })
      }
    }
  }
  return expected satisfies ExpectedDeposits
}
