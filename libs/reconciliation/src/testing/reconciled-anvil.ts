import { randomUUID } from 'node:crypto'
import { type Anvil, startAnvil } from '@coffer/devstack/start-anvil'
import { type Address, parseAddress } from '@coffer/evm/address'
import { type TxHash, txHash } from '@coffer/evm/hash'
import { chainIdOf } from '@coffer/money/chain-id'
import { type AnvilClient, anvilClient, quantity } from '@coffer/simulator/anvil-client'
import { deployTestContracts, type TestContracts } from '@coffer/simulator/deploy-test-contracts'
import { sendMined } from '@coffer/simulator/send-mined'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import type { ReadPayouts } from '../chain-ports.ts'
import { openReconciledChains } from '../open-reconciled-chains.ts'
import { continueRun } from '../usecases/continue-run.ts'
import { reconcileChain } from '../usecases/reconcile-chain.ts'
import { requestRun } from '../usecases/request-run.ts'
import type { ReconciliationDatabase } from './reconciliation-database.ts'

export const CHAIN = chainIdOf(31_337)

type RunOptions = { isWhole?: boolean; settleMs?: number }

/** Nothing was paid. */
const NO_PAYOUTS: ReadPayouts = async () => []
type Sent = { from?: Address; to: Address; value?: bigint; data?: `0x${string}`; gas?: string }

/** A chain of its own, with accepted tokens, that books are held against. */
export async function reconciledAnvil({ payouts = NO_PAYOUTS }: { payouts?: ReadPayouts } = {}) {
  const anvil: Anvil = await startAnvil()
  const node: AnvilClient = anvilClient(anvil.url)
  const contracts: TestContracts = await deployTestContracts(node)
  const { assets } = contracts
  // A chain that makes several blocks a second is looked at as it was a second ago.
  await node.request('anvil_setBlockTimestampInterval', [1])
  const [first = ''] = await node.accounts()
  const payer = parseAddress(first)

  async function proceed(database: ReconciliationDatabase, id: string, settleMs: number) {
    const { postgres, rooms, runs, now } = database
    const config = { chain: CHAIN, rpcUrls: [anvil.url], confirmations: 1, assets }
    const configs = [{ ...config, traceMethod: 'trace_block' as const }]
    await using opened = openReconciledChains({ postgres, configs })
    const { chains } = opened
    const step = reconcileChain({ rooms, now, settleMs, chains, payouts, pageSize: 2 })
    return await continueRun({ runs, now, steps: { chain: step } })(id)
  }

  return {
    ...{ anvil, node, contracts, assets, payer, proceed },
    /** Sends a transaction, of the first account unless it says otherwise, that is mined then. */
    async sent({ from = payer, value = 0n, ...rest }: Sent): Promise<TxHash> {
      const mined = await sendMined(node, { from, value: quantity(value), ...rest })
      return txHash(mined.transactionHash)
    },
    /** Takes a run as far as it gets. */
    async run(
      database: ReconciliationDatabase,
      { isWhole = false, settleMs = 0 }: RunOptions = {},
    ) {
      const { runs, now } = database
      const places = { channel: [], chain: [CHAIN] }
      const asked = { scope: 'chain', place: CHAIN, isWhole } as const
      await areReadable(database)
      const { id } = await requestRun({ runs, places, now })(asked)
      const done = await proceed(database, id, settleMs)
      return done ?? Promise.reject(new Error('Somebody else goes on.'))
    },
    [Symbol.asyncDispose]: () => anvil[Symbol.asyncDispose](),
  }
}

/** Watches an address for a new owner, whose id it answers. */
export async function watched(
  { postgres }: ReconciliationDatabase,
  address: Address,
): Promise<string> {
  const owner = randomUUID()
  await postgres.execute(sql`insert into wallets.owners (id) values (${owner})`)
  await postgres.execute(sql`
    insert into wallets.addresses (chain, address, owner, watched_from)
    values (${CHAIN}, decode(${address.slice(2)}, 'hex'), ${owner}, 0)`)
  return owner
}

/** What others write on the server just then holds back the credits that a run looks at. */
async function areReadable({ postgres }: ReconciliationDatabase): Promise<void> {
  const booked = sql`(select max(recorded_xid) from ledger.transactions)`
  await waitFor(
    async () => {
      const [row] = await postgres.execute<{ passed: boolean }>(sql`
        select coalesce(${booked} < pg_snapshot_xmin(pg_current_snapshot()), true) as passed`)
      return row?.passed === true
    },
    { what: 'every transaction that was open while we booked' },
  )
}
