import { killerAbi } from '@coffer/contracts/killer'
import { splitterAbi } from '@coffer/contracts/splitter'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { nativeAssetId } from '@coffer/money/asset'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { anvilClient, quantity } from '../anvil-client.ts'
import { readDeposits } from '../chain-oracle.ts'
import { createdAddress } from '../deploy-contracts.ts'
import { deployHostileContracts } from '../deploy-hostile-contracts.ts'
import { readBalances } from '../read-balances.ts'
import { sendMined } from '../send-mined.ts'
import { callTracerLines, traceBlockLines } from './trace-lines.ts'

export const a: Address = '0x00000000000000000000000000000000000000a1'
export const b: Address = '0x00000000000000000000000000000000000000b1'

export type SentCall = { to?: Address; value?: bigint; data?: Hex; gas?: bigint }

export const split = (
  functionName: 'split' | 'splitThenRevert',
  to: Address[],
  amounts: bigint[],
) => encodeFunctionData({ abi: splitterAbi, functionName, args: [to, amounts] })
export const kill = (functionName: 'kill' | 'killInVain', beneficiary: Address) =>
  encodeFunctionData({ abi: killerAbi, functionName, args: [beneficiary] })
/** A chain of its own with the contracts that move coin, and what tests do with it. */
export async function nativeChain() {
  const anvil = await startAnvil()
  const rpcUrl = anvil.url
  const client = anvilClient(rpcUrl)
  const [payer] = (await client.accounts()) as [Address]
  await deployHostileContracts(client)

  async function send(call: SentCall) {
    const { value = 0n, gas = 2_000_000n, ...rest } = call
    const transaction = { from: payer, value: quantity(value), gas: quantity(gas), ...rest }
    return await sendMined(client, transaction)
  }

  async function deploy(data: Hex, value = 0n): Promise<Address> {
    const address = await nextCreated(payer)
    await send({ data, value })
    return address
  }

  /** Where the contract will be that `creator` creates next. */
  async function nextCreated(creator: Address): Promise<Address> {
    const nonce = await client.request<Hex>('eth_getTransactionCount', [creator, 'latest'])
    return createdAddress(creator, Number(nonce))
  }

  /** What both tracers say of the block, what the oracle finds there, and what balances say. */
  async function observe(block: Hex, watched: readonly Address[] = [a, b]) {
    const chain = await client.chain()
    const native = { id: nativeAssetId(chain), chain, contract: null, symbol: 'ETH', decimals: 18 }
    const number = BigInt(block)
    const read = { rpcUrl, addresses: new Set(watched), assets: [native] }
    const range = { fromBlock: number, toBlock: number }
    const { deposits } = await readDeposits({ ...read, ...range, internal: true })
    const before = await readBalances({ ...read, block: number - 1n })
    const after = await readBalances({ ...read, block: number })
    const found = watched.map((address) => {
      const own = deposits.filter(({ to }) => to === address)
      return own.reduce((sum, { amount }) => sum + amount, 0n)
    })
    const gained = watched.map((address) => {
      return (after[address]?.[native.id] ?? 0n) - (before[address]?.[native.id] ?? 0n)
    })
    return {
      callTracer: await callTracerLines(client, block),
      traceBlock: await traceBlockLines(client, block),
      deposits: deposits.map(({ position, to, amount }) => {
        return `${position} ${amount} to ${'ab'[watched.indexOf(to)]}`
      }),
      found,
      gained,
    }
  }

  const stop = () => anvil[Symbol.asyncDispose]()
  return { client, payer, send, deploy, nextCreated, observe, stop }
}
