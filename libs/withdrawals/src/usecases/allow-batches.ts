import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import { approveCall } from '../domain/encode-payments.ts'
import type { Fees } from '../domain/fees.ts'
import type { NewTransaction } from '../domain/outgoing.ts'
import type { ChainClient, LastApproval, Payouts, WithdrawalRooms } from '../ports.ts'

export type AllowBatchesOptions = {
  rooms: WithdrawalRooms
  payouts: Pick<Payouts, 'lastApproval'>
  client: Pick<ChainClient, 'estimate'>
  settings: {
    chain: ChainId
    sender: Address
    gasMax: bigint
    /** What the batch payer is allowed of an asset, or what is needed if that is more. */
    allowances?: ReadonlyMap<AssetId, bigint> | undefined
  }
  batchPayer: Address
  fees: Fees
  first: number
  /** Whether there is as much coin for gas; it is taken. */
  takeGas: (cost: bigint) => Promise<boolean>
  /** Told of transactions that are to be signed. */
  onIntended: (ids: readonly string[]) => void
  newId: () => string
  now: () => Date
}

/** A token of which batches need more than the batch payer may take. */
export type AllowanceNeed = {
  token: Address
  asset: AssetId | undefined
  amount: bigint
  allowance: bigint
  /** Whether batches under way take of it. */
  isBatched: boolean
}

/** A node may be behind the one that showed the approval in a block. */
const SHOWN_MS = 120_000

/** What did not help is tried again after so long. */
const AGAIN_MS = 3_600_000

/**
 * Plans the transaction by which the batch payer may take what is needed of a token, and no more
 * unless settings say so. `waits` while that is under way, `helpless` where it does not help: then
 * each is paid alone.
 */
export const allowBatches =
  (options: AllowBatchesOptions) =>
  async (need: AllowanceNeed): Promise<'waits' | 'helpless'> => {
    // It would be counted from what is left of the one before.
    if (need.isBatched) return 'waits'
    const { payouts, settings, now } = options
    const { chain, sender } = settings
    const last = await payouts.lastApproval({ chain, sender, token: need.token })
    const helped = last === undefined || hasHelped(last, need)
    const ageMs = now().getTime() - (last?.createdAt.getTime() ?? 0)
    if (!helped && ageMs < AGAIN_MS) return ageMs < SHOWN_MS ? 'waits' : 'helpless'
    return await plan(need, options)
  }

/** One of nothing makes way for the next; every other one is there to be used. */
const hasHelped = ({ amount, isUsed }: LastApproval, { allowance }: AllowanceNeed): boolean =>
  amount === 0n ? allowance === 0n : isUsed

async function plan(
  need: AllowanceNeed,
  options: AllowBatchesOptions,
): Promise<'waits' | 'helpless'> {
  const { rooms, settings, fees, first, takeGas, onIntended, newId, now } = options
  const { chain, sender } = settings
  const wanted = (need.asset && settings.allowances?.get(need.asset)) ?? 0n
  const amount = wanted > need.amount ? wanted : need.amount
  const found = await callThatPasses({ ...need, amount }, options)
  if (found === undefined) return 'helpless'
  const { call, gas } = found
  if (!(await takeGas(gas * fees.maxFeePerGas))) return 'waits'
  const made = { id: newId(), chain, sender, purpose: 'approve', gas, payments: [] } as const
  const transaction: NewTransaction = { ...made, ...call, ...fees }
  const isIntended = await rooms(async (room) => {
    const nonce = await room.outgoing.lockSender({ chain, address: sender, first })
    // Another process has planned the same.
    if (await room.outgoing.isApproving({ chain, sender, token: need.token })) return false
    await room.outgoing.insert([transaction], { nonce, at: now() })
    return true
  })
  if (isIntended) onIntended([transaction.id])
  return 'waits'
}

/** Some tokens take a new allowance only where there is none. */
async function callThatPasses(
  { token, amount, allowance }: AllowanceNeed,
  { client, settings, batchPayer }: AllowBatchesOptions,
) {
  const { sender: from, gasMax: gas } = settings
  for (const units of allowance === 0n ? [amount] : [amount, 0n]) {
    const call = approveCall(token, { spender: batchPayer, amount: units })
    const estimate = await client.estimate({ from, gas, ...call })
    if ('gas' in estimate) return { call, gas: estimate.gas + estimate.gas / 4n }
  }
  return undefined
}
