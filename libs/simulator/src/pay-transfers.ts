import { parseAssetId } from '@coffer/money/asset'
import { type Address, type Hex, zeroAddress } from 'viem'
import { anvilClient } from './anvil-client.ts'
import { awaitReceipts } from './await-receipts.ts'
import {
  type Call,
  MAX_FEE_PER_GAS,
  mintCall,
  nativeCall,
  tokenCall,
  tokenOf,
} from './encode-transaction.ts'
import { sendCalls } from './send-calls.ts'
import { addBalances, findSenders, type Sender } from './senders.ts'
import { SimulationError } from './simulate-deposits.ts'

/** What somebody pays, as they were asked to. */
export type AskedTransfer = { to: string; asset: string; amount: bigint }

export type PaidTransfer = { txHash: Hex; from: Address; blockNumber: bigint }

/**
 * Pays exactly what was asked for, each in a transaction of its own, spread evenly over `blocks`
 * new blocks after one in which the senders get what they spend. Answers in the order given.
 */
export async function payTransfers(
  rpcUrl: string,
  transfers: readonly AskedTransfer[],
  { blocks = 1 }: { blocks?: number } = {},
): Promise<PaidTransfer[]> {
  const client = anvilClient(rpcUrl)
  const payees = transfers.map(({ to }) => to)
  const senders = await findSenders(client, payees)
  const calls = transfers.map(({ to, asset, amount }, place) => {
    const token = tokenOf(parseAssetId(asset))
    const payee = to as Address
    const isNative = token === zeroAddress
    const call = isNative ? nativeCall(payee, amount) : tokenCall(token, payee, amount)
    return { sender: senders[place % senders.length] as Sender, call, token, amount }
  })
  const minted = calls
    .filter(({ token }) => token !== zeroAddress)
    .map(({ sender, token, amount }) => ({
      sender,
      call: mintCall(token, sender.account, amount),
    }))
  const grants = Map.groupBy([...calls, ...minted], ({ sender }) => sender.account)
  await addBalances(
    client,
    [...grants].map(([account, own]) => ({ account, wei: sumOf(own.map(({ call }) => call)) })),
  )
  await awaitReceipts(
    client,
    await sendCalls(client, minted, { blocks: minted.length > 0 ? 1 : 0 }),
  )
  const receipts = await awaitReceipts(client, await sendCalls(client, calls, { blocks }))
  return receipts.map(({ transactionHash: txHash, blockNumber, status }, place) => {
    if (status !== '0x1') throw new SimulationError(txHash, { status, expected: '0x1' })
    const from = calls[place]?.sender.account as Address
    return { txHash, from, blockNumber: BigInt(blockNumber) }
  })
}

/** What the calls cost at most, wei. */
const sumOf = (calls: readonly Call[]): bigint =>
  calls.reduce((sum, { value, gas }) => sum + value + gas * MAX_FEE_PER_GAS, 0n)
