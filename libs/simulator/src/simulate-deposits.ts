import { AppError } from '@coffer/errors/app-error'
import type { Asset, AssetId } from '@coffer/money/asset'
import { UNITS_MAX } from '@coffer/money/units'
import { type Address, type Hex, zeroAddress } from 'viem'
import { type AnvilClient, anvilClient } from './anvil-client.ts'
import { awaitReceipts, type Receipt } from './await-receipts.ts'
import { deployHostileContracts } from './deploy-hostile-contracts.ts'
import { deployTestContracts, type TestContracts } from './deploy-test-contracts.ts'
import {
  type DepositKind,
  type Expectation,
  type PlannedTransaction,
  planDeposits,
} from './deposit-plan.ts'
import {
  approveCall,
  type Call,
  encodeTransaction,
  MAX_FEE_PER_GAS,
  mintCall,
  tokenOf,
} from './encode-transaction.ts'
import { isHostileKind } from './hostile-transaction.ts'
import { sendCalls } from './send-calls.ts'
import { addBalances, findSenders, type Sender } from './senders.ts'

export type SimulateDepositsOptions = {
  rpcUrl: string
  addresses: readonly string[]
  count: number
  kinds: readonly DepositKind[]
  seed: number
  /**
   * Spreads the transactions evenly over so many new blocks. Default: as the node mines, which is
   * one block for each transaction if it mines on arrival.
   */
  blocks?: number
  /** Transactions of no consequence for each deposit. */
  noise?: number
  /** The least amount that is credited of an asset. Default: one unit. */
  minimums?: Readonly<Record<AssetId, bigint>>
  /** Transactions that try to pay `addresses` and are mined as failed. */
  failures?: number
  onProgress?: (progress: { sent: number; of: number }) => void
}

export type SimulatedDeposit = {
  txHash: Hex
  /**
   * As in a deposit's identity: `value`, `log:` and the index within its own receipt, or `trace:`
   * and the trace address.
   */
  position: string
  to: Address
  asset: AssetId
  amount: bigint
  blockNumber: bigint
}

export type Simulation = {
  /** Everything sent, in the order of the plan, the failed and the inconsequential too. */
  transactions: (PlannedTransaction & { hash: Hex; blockNumber: bigint })[]
  /** What must be credited. */
  deposits: SimulatedDeposit[]
  /** What must be recorded and not credited. */
  suspense: SimulatedDeposit[]
  /** The lowest and the highest block that hold these transactions. Both 0 when there are none. */
  fromBlock: bigint
  toBlock: bigint
  totals: Record<AssetId, bigint>
  byAddress: Record<Address, Record<AssetId, bigint>>
}

type Assigned = { planned: PlannedTransaction; sender: Sender; call: Call }

/**
 * Pays deposits on an Anvil chain and returns what was mined, after checking each receipt. Throws
 * {@link SimulationError} when a transaction ended otherwise than planned.
 */
export async function simulateDeposits(options: SimulateDepositsOptions): Promise<Simulation> {
  const client = anvilClient(options.rpcUrl)
  const contracts = await deployTestContracts(client)
  if (options.kinds.some(isHostileKind)) await deployHostileContracts(client)
  const plan = planDeposits({ ...options, assets: contracts.assets })
  const senders = await findSenders(client, options.addresses)
  const assigned = plan.map((planned, index): Assigned => {
    const sender = senders[index % senders.length] as Sender
    return { planned, sender, call: planned.call ?? encodeTransaction(planned, contracts) }
  })
  await fund(client, assigned, contracts)

  const automine = await client.request<boolean>('anvil_getAutomine')
  const hashes = await sendCalls(client, assigned, {
    blocks: options.blocks ?? (automine ? assigned.length : 0),
    onSent: (sent) => options.onProgress?.({ sent, of: assigned.length }),
  })
  return outcome(plan, await awaitReceipts(client, hashes))
}

/** Gives each sender the coin, the tokens and the allowances that its transactions take. */
async function fund(
  client: AnvilClient,
  assigned: readonly Assigned[],
  contracts: TestContracts,
): Promise<void> {
  const funding: { sender: Sender; call: Call }[] = []
  const grants: { account: Address; wei: bigint }[] = []
  for (const [sender, own] of Map.groupBy(assigned, (item) => item.sender)) {
    for (const asset of contracts.assets) {
      const needed = amountToSend(own, asset)
      if (needed === 0n) continue
      const token = tokenOf(asset.id)
      funding.push({ sender, call: mintCall(token, sender.account, needed) })
      funding.push({ sender, call: approveCall(token, contracts.batchPayer, UNITS_MAX) })
    }
    const spent = own.flatMap(({ planned }) => planned.spends ?? [])
    for (const [token, amounts] of Map.groupBy(spent, (item) => item.token)) {
      const needed = sum(amounts.map(({ amount }) => amount))
      funding.push({ sender, call: mintCall(token, sender.account, needed) })
    }
    const calls = [...own, ...funding.filter((item) => item.sender === sender)]
    const costs = calls.map(({ call }) => call.value + call.gas * MAX_FEE_PER_GAS)
    grants.push({ account: sender.account, wei: sum(costs) })
  }
  await addBalances(client, grants)
  const receipts = await awaitReceipts(client, await sendCalls(client, funding, { blocks: 1 }))
  for (const receipt of receipts) requireStatus(receipt, '0x1')
}

function amountToSend(assigned: readonly Assigned[], asset: Asset): bigint {
  if (tokenOf(asset.id) === zeroAddress) return 0n
  const transfers = assigned
    .filter(({ planned }) => planned.purpose !== 'failure' && planned.call === undefined)
    .flatMap(({ planned }) => planned.transfers)
    .filter((transfer) => transfer.asset === asset.id)
  return sum(transfers.map(({ amount }) => amount))
}

function outcome(plan: readonly PlannedTransaction[], receipts: readonly Receipt[]): Simulation {
  const transactions = plan.map((planned, index) => {
    const receipt = receipts[index] as Receipt
    requireStatus(receipt, planned.purpose === 'failure' ? '0x0' : '0x1')
    const blockNumber = BigInt(receipt.blockNumber)
    return { ...planned, hash: receipt.transactionHash, blockNumber }
  })
  const expecting = (expectation: Expectation): SimulatedDeposit[] =>
    transactions.flatMap(({ hash, blockNumber, transfers }) => {
      return transfers.flatMap(({ position, to, asset, amount, expected }) => {
        if (expected !== expectation || position === null) return []
        return [{ txHash: hash, position, to, asset, amount, blockNumber }]
      })
    })
  const deposits = expecting('credit')
  const numbers = transactions.map(({ blockNumber }) => blockNumber)
  const byAddress = Object.entries(Object.groupBy(deposits, ({ to }) => to))
  return {
    transactions,
    deposits,
    suspense: expecting('suspense'),
    fromBlock: numbers.reduce((least, next) => (next < least ? next : least), numbers[0] ?? 0n),
    toBlock: numbers.reduce((most, next) => (next > most ? next : most), 0n),
    totals: totalsOf(deposits),
    byAddress: Object.fromEntries(byAddress.map(([to, own]) => [to, totalsOf(own ?? [])])),
  }
}

function totalsOf(deposits: readonly SimulatedDeposit[]): Record<AssetId, bigint> {
  const totals: Record<AssetId, bigint> = {}
  for (const { asset, amount } of deposits) totals[asset] = (totals[asset] ?? 0n) + amount
  return totals
}

function requireStatus({ transactionHash, status }: Receipt, expected: '0x0' | '0x1'): void {
  if (status !== expected) throw new SimulationError(transactionHash, { status, expected })
}

const sum = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((total, amount) => total + amount, 0n)

export class SimulationError extends AppError {
  readonly code = 'SIMULATOR_OUTCOME'

  constructor(transaction: Hex, statuses: { status: Hex; expected: Hex }) {
    super(
      `Transaction ${transaction} was mined with status ${statuses.status}, expected ` +
        `${statuses.expected}. Someone else used the same accounts; simulate again.`,
      { retry: 'never', details: { transaction, ...statuses } },
    )
  }
}
