import type { FakeBlock, FakeTransaction } from '@coffer/deposits/testing/fake-chain'
import { FIRST_CODE } from '@coffer/deposits/testing/fake-tokens'
import { LATE_ASSET, PROXY_ASSET } from './accepted-assets.ts'
import type { Expected } from './judge-ledger.ts'
import type { Meant } from './payments.ts'
import { plantedDeposits } from './planted-deposits.ts'
import type { World } from './world.ts'

export type ExpectedDeposits = Expected & {
  /** What is to be known, and not booked. */
  recorded: readonly Meant[]
}

/** What is paid, and whether it must be known by now. */
type Paid = { meant: Meant; isSure: boolean }

/** What the blocks that are the chain in the end pay to whom. */
export function expectedBookings(world: World): ExpectedDeposits {
  const { scan, payers, policy, operator } = world
  const expected = { must: [] as Meant[], may: [] as Meant[], recorded: [] as Meant[] }
  let code: string = FIRST_CODE
  for (const block of scan.chain.blocks()) {
    // What counts is the code at the end of the block.
    code = block.transactions.reduce(codeAfter, code)
    for (const { meant, isSure } of paidIn(world, block)) {
      if (!payers.isRegistered(meant.to)) continue
      const reason = refusalOf(world, meant, code) ?? meant.reason
      const isReleased = operator.hasReleased(meant.id)
      const isBooked = reason === meant.reason && meant.fate !== 'record'
      const mustBe = isSure && block.number >= policy.start
      const booked: Meant = isReleased ? { ...meant, fate: 'credit' } : meant
      if (isBooked) (mustBe ? expected.must : expected.may).push(booked)
      else if (mustBe) expected.recorded.push({ ...meant, reason })
    }
  }
  return withPlanted(world, expected)
}

/** What was made up for the scan is booked, and left for a person to put right. */
function withPlanted(world: World, expected: ExpectedDeposits): ExpectedDeposits {
  const planted = plantedDeposits(world)
  const ids = new Set(planted.map(({ id }) => id))
  const isTrue = ({ id }: Meant) => !ids.has(id)
  const booked = planted.map(({ id, owner, from, to, asset, amount }): Meant => {
    const rest = { fate: 'credit' as const, reason: null, isDoubtful: false }
    return { id, owner, from, to, asset, amount, ...rest }
  })
  const { must, may, recorded } = expected
  return { must: [...must.filter(isTrue), ...booked], may: may.filter(isTrue), recorded }
}

const codeAfter = (code: string, { succeeded, upgradesTo }: FakeTransaction) =>
  succeeded && upgradesTo ? upgradesTo : code

/** Why something that is meant to be credited isn't, as things are. */
function refusalOf({ config }: World, { asset }: Meant, code: string): string | undefined {
  if (asset === PROXY_ASSET && code !== FIRST_CODE) return 'asset_halted'
  return asset === LATE_ASSET && !config.isLateListed ? 'asset_not_accepted' : undefined
}

function paidIn({ payments, payers }: World, block: FakeBlock): Paid[] {
  const { transactions, producer } = block
  // Who pays or earns fees has a balance that proves nothing.
  const haveFees = new Set([...transactions.map(({ from }) => from), producer])
  const byTransactions = transactions.flatMap((transaction) =>
    payments.meantBy(transaction).map((meant) => {
      // Nobody's before its address was registered or its token listed; a rescan finds it.
      const isLate = meant.asset === LATE_ASSET || payers.isEarly(transaction, meant.to)
      return { meant, isSure: !isLate && !(meant.isDoubtful && haveFees.has(meant.to)) }
    }),
  )
  const byItself = payments.meantByBlock(block).map((meant) => ({ meant, isSure: true }))
  return [...byTransactions, ...byItself]
}
