import { anvilClient } from '@coffer/simulator/anvil-client'
import { deployTestContracts } from '@coffer/simulator/deploy-test-contracts'
import { mineEmptyBlocks } from '@coffer/simulator/mine-empty-blocks'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { Command } from 'commander'
import { apiClient } from '../api-client.ts'
import { createUsers } from '../create-users.ts'
import { printJson, progress } from '../progress.ts'
import { type ApiOptions, target, withApi } from './api-options.ts'
import { depositKinds } from './deposit-kinds.ts'
import { homeOption } from './home-option.ts'
import { simulatePay } from './simulate-pay.ts'
import { wholeNumber } from './whole-number.ts'

type DepositsOptions = ApiOptions & {
  rpc?: string
  users: number
  count: number
  kinds: ReturnType<typeof depositKinds>
  seed: number
  blocks?: number
  failures: number
}

const deposits = withApi(
  new Command('deposits')
    .description('Make users and pay deposits to them on an Anvil chain. Same seed, same deposits.')
    .option('--users <count>', 'users to make, each with an address', wholeNumber, 50)
    .option('--count <count>', 'deposits to pay', wholeNumber, 1_000)
    .option('--kinds <list>', 'of native, erc20 and batch', depositKinds, [
      'native',
      'erc20',
      'batch',
    ])
    .option('--seed <number>', 'chooses amounts and receivers', wholeNumber, 7)
    .option('--blocks <count>', 'spread over so many blocks', wholeNumber)
    .option('--failures <count>', 'transactions that fail among them', wholeNumber, 0)
    .option('--rpc <url>', 'the Anvil, default RPC_URLS or that of the Coffer started here'),
).action(async (options: DepositsOptions) => {
  const { users, count, kinds, seed, blocks, failures, json } = options
  const { line, bar } = progress()
  const { rpcUrl, ...access } = await target(options)
  line(`making ${users} users`)
  const chain = await chainOf(rpcUrl)
  const made = await createUsers(apiClient(access), { chain, count: users })
  const simulation = await simulateDeposits({
    rpcUrl,
    addresses: made.map(({ address }) => address),
    count,
    kinds,
    seed,
    failures,
    ...(blocks ? { blocks } : {}),
    onProgress: ({ sent, of }) => bar('transactions', sent, of),
  })
  const { deposits, fromBlock, toBlock, totals, transactions } = simulation
  const result = {
    users,
    deposits: deposits.length,
    transactions: transactions.length,
    fromBlock,
    toBlock,
    totals,
  }
  if (json) return printJson(result)
  console.log(
    `${deposits.length} deposits in ${transactions.length} transactions, ` +
      `blocks ${fromBlock} to ${toBlock}.`,
  )
})

const blocks = new Command('blocks')
  .description('Mine empty blocks on an Anvil chain.')
  .argument('<count>', 'how many', wholeNumber)
  .option('--rpc <url>', 'the Anvil, default RPC_URLS or that of the Coffer started here')
  .addOption(homeOption('where it was started'))
  .option('--json', 'print the result as one JSON line')
  .action(async (count: number, options: ApiOptions & { rpc?: string }) => {
    const { rpcUrl } = await target(options)
    await mineEmptyBlocks({ rpcUrl, blocks: count })
    if (options.json) return printJson({ mined: count })
    console.log(`${count} blocks mined.`)
  })

const tokens = new Command('tokens')
  .description('Deploy the test tokens on an Anvil chain, unless they are there.')
  .option('--rpc <url>', 'the Anvil, default RPC_URLS or that of the Coffer started here')
  .addOption(homeOption('where it was started'))
  .option('--json', 'print them as one JSON line')
  .action(async ({ home, json, rpc = process.env['RPC_URLS'] }: TokensOptions) => {
    const rpcUrl = rpc?.split(',')[0] ?? (await target({ home })).rpcUrl
    const { assets } = await deployTestContracts(anvilClient(rpcUrl))
    const made = assets.filter(({ contract }) => contract !== null)
    if (json) return printJson(made)
    for (const { symbol, decimals, contract } of made)
      console.log(`${symbol}:${decimals}:${contract}`)
  })

type TokensOptions = { home: string; json?: true; rpc?: string }

/** `coffer simulate`: life on a local chain. */
export const simulate = new Command('simulate')
  .description('Simulate life on a local chain.')
  .addCommand(deposits)
  .addCommand(simulatePay)
  .addCommand(tokens)
  .addCommand(blocks)

const chainOf = (rpcUrl: string) => anvilClient(rpcUrl).chain()
