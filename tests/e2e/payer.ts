import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { testTokenAbi, testTokenBytecode } from '@coffer/contracts/test-token'
import { type AnvilClient, quantity } from '@coffer/simulator/anvil-client'
import { deployTestContracts } from '@coffer/simulator/deploy-test-contracts'
import { type Address, encodeDeployData, encodeFunctionData, type Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

type Receipt = { status: Hex; blockNumber: Hex; blockHash: Hex; contractAddress: Address }

/** One account that pays by single transactions, each in a block of its own. */
export type Payer = Awaited<ReturnType<typeof openPayer>>

/** Enough for anything: the coin is free here. */
const WEALTH = 10n ** 24n

/** From now on the node mines only when it is told to, so that each block's content is known. */
export async function openPayer(node: AnvilClient) {
  await node.setAutomine(false)
  const { tusd, ttkn, batchPayer } = await deployTestContracts(node)
  const [from] = (await node.accounts()) as [Address]
  await node.setBalance(from, WEALTH)

  /** The hash and the receipt of one transaction, whether it succeeded or not. */
  const send = async (transaction: Readonly<Record<string, string>>) => {
    const gas = quantity(3_000_000)
    const hash = await node.request<Hex>('eth_sendTransaction', [{ from, gas, ...transaction }])
    await node.mine()
    return { hash, ...(await receiptOf(node, hash)) }
  }
  const call = (to: Address, data: Hex) => send({ to, data })
  const mint = (token: Address, to: Address, amount: bigint) =>
    call(token, encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args: [to, amount] }))

  return {
    tusd,
    ttkn,
    payNative: (to: string, value: bigint) => send({ to, value: quantity(value) }),
    payToken(token: Address, to: string, amount: bigint) {
      const args = [to as Address, amount] as const
      const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'transfer', args })
      return call(token, data)
    },
    fund: (token: Address, amount: bigint) => mint(token, from, amount),
    /** Several token transfers in one transaction. */
    async payBatch(token: Address, transfers: readonly { to: string; amount: bigint }[]) {
      const total = transfers.reduce((sum, { amount }) => sum + amount, 0n)
      await mint(token, from, total)
      const approval = [batchPayer, total] as const
      const approve = { abi: testTokenAbi, functionName: 'approve', args: approval } as const
      await call(token, encodeFunctionData(approve))
      const receivers = transfers.map(({ to }) => to as Address)
      const args = [token, receivers, transfers.map(({ amount }) => amount)] as const
      const pay = { abi: batchPayerAbi, functionName: 'payToken', args } as const
      return call(batchPayer, encodeFunctionData(pay))
    },
    /** A token that nobody has put on a list. */
    async deployToken(): Promise<Address> {
      const args = ['Anything', 'ANY', 18] as const
      const deployment = { abi: testTokenAbi, bytecode: testTokenBytecode as Hex, args }
      return (await send({ data: encodeDeployData(deployment) })).contractAddress
    },
    /** A payment as signed bytes: its hash is the same in whatever block it is. */
    signedPayment: (to: string, value: bigint) => signedPayment(node, { to: to as Address, value }),
    async sendSigned(raw: Hex): Promise<Hex> {
      const hash = await node.request<Hex>('eth_sendRawTransaction', [raw])
      await node.mine()
      await receiptOf(node, hash)
      return hash
    },
  }
}

export async function receiptOf(node: AnvilClient, hash: Hex): Promise<Receipt> {
  const receipt = await node.request<Receipt | null>('eth_getTransactionReceipt', [hash])
  if (receipt === null) throw new Error(`Transaction ${hash} is not mined.`)
  return receipt
}

/** Of an account of its own, so that no other transaction has to come before it. */
async function signedPayment(node: AnvilClient, payment: { to: Address; value: bigint }) {
  const account = privateKeyToAccount(generatePrivateKey())
  await node.setBalance(account.address, WEALTH)
  return account.signTransaction({
    ...payment,
    chainId: Number(await node.request<Hex>('eth_chainId')),
    nonce: 0,
    gas: 21_000n,
    maxFeePerGas: 10n ** 12n,
    maxPriorityFeePerGas: 10n ** 9n,
  })
}
