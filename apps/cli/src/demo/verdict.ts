import { depositReference } from '@coffer/events/deposit-reference'
import { type Asset, chainOfAsset } from '@coffer/money/asset'
import { displayAmount } from '@coffer/money/display'
import { readDeposits } from '@coffer/simulator/chain-oracle'
import type { Books } from './books.ts'
import type { TopicWatch } from './topic-watch.ts'

export type AssetVerdict = { asset: string; symbol: string; onChain: bigint; inLedger: bigint }

/** Chain, topic and ledger side by side. */
export type Verdict = {
  /** Whether every deposit on the chain is credited exactly once, and nothing else is. */
  agree: boolean
  depositsOnChain: number
  eventsInKafka: number
  duplicatesSeen: number
  credits: number
  /** Deposits without a credit, and credits without a deposit. */
  lost: string[]
  unfounded: string[]
  assets: AssetVerdict[]
}

export type VerdictInputs = {
  rpcUrl: string
  addresses: ReadonlySet<string>
  assets: readonly Asset[]
  books: Books
  watch: TopicWatch
}

/** Reads the chain by means of its own and compares it with what Coffer has booked. */
export async function judge(inputs: VerdictInputs): Promise<Verdict> {
  const { rpcUrl, addresses, assets, books, watch } = inputs
  const chain = await readDeposits({ rpcUrl, addresses, assets })
  const expected = new Set(
    chain.deposits.map(({ txHash, position, asset }) =>
      depositReference({
        depositId: `${chainOfAsset(asset)}:${txHash}:${position}`,
        revision: 1,
        kind: 'confirmation',
      }),
    ),
  )
  const credits = await books.credits()
  const owed = await books.owed()
  const sums = assets.map(({ id, symbol }) => {
    return { asset: id, symbol, onChain: chain.totals[id] ?? 0n, inLedger: owed.get(id) ?? 0n }
  })
  const lost = [...expected.difference(new Set(credits))]
  const unfounded = credits.filter((reference) => !expected.has(reference))
  const agree =
    lost.length === 0 &&
    unfounded.length === 0 &&
    credits.length === chain.deposits.length &&
    watch.seen().size === chain.deposits.length &&
    sums.every(({ onChain, inLedger }) => onChain === inLedger)
  return {
    agree,
    depositsOnChain: chain.deposits.length,
    eventsInKafka: watch.events(),
    duplicatesSeen: watch.duplicates(),
    credits: credits.length,
    lost,
    unfounded,
    assets: sums,
  }
}

/** The verdict as a table for people. */
export function verdictTable(verdict: Verdict, assets: readonly Asset[]): string {
  const { depositsOnChain, eventsInKafka, duplicatesSeen, credits, lost, unfounded } = verdict
  const rows: [string, string][] = [
    ['deposits sent on chain', `${depositsOnChain}`],
    ['events in Kafka', `${eventsInKafka}`],
    ['  of them repeats', `${duplicatesSeen}`],
    ['credits in the ledger', `${credits}`],
    ['lost', `${lost.length}`],
    ['credited without a deposit', `${unfounded.length}`],
  ]
  for (const { asset, symbol, onChain, inLedger } of verdict.assets) {
    const decimals = assets.find(({ id }) => id === asset)?.decimals ?? 0
    rows.push([`Σ ${symbol} on chain`, displayAmount(onChain, decimals)])
    rows.push([`Σ ${symbol} in ledger`, displayAmount(inLedger, decimals)])
  }
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    `  ${(row[0] ?? '').padEnd(widths[0] ?? 0)}  ${(row[1] ?? '').padStart(widths[1] ?? 0)}`
  return [...rows.map(line), '', `  ${verdict.agree ? 'They agree.' : 'THEY DO NOT AGREE.'}`].join(
    '\n',
  )
}
