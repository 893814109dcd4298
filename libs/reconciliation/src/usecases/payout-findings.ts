import type { TxHash } from '@coffer/evm/hash'
import { nativeAssetId } from '@coffer/money/asset'
import type { Movements, PaidPayout, ReconciledChain } from '../chain-ports.ts'
import type { Finding } from '../domain/finding.ts'
import { judgePayouts } from '../domain/judge-payouts.ts'

/** Transactions that are looked at side by side. */
const AT_ONCE = 16

/**
 * Those of `payouts` that their transactions did not make, by what the chain says. What differs is
 * asked for once more of somebody else: one node's word is not enough.
 */
export async function payoutFindings(
  chain: ReconciledChain,
  payouts: readonly PaidPayout[],
): Promise<Finding[]> {
  const byTransaction = [...Map.groupBy(payouts, ({ txHash }) => txHash)]
  const findings: Finding[] = []
  for (let first = 0; first < byTransaction.length; first += AT_ONCE) {
    const found = await Promise.all(
      byTransaction.slice(first, first + AT_ONCE).map(async ([txHash, paid]) => {
        const doubted = await judge(chain, { txHash, paid, again: false })
        return doubted.length === 0 ? [] : await judge(chain, { txHash, paid, again: true })
      }),
    )
    findings.push(...found.flat())
  }
  return findings
}

type Asked = { txHash: TxHash | undefined; paid: readonly PaidPayout[]; again: boolean }

async function judge(
  { chain, nodes, assets }: ReconciledChain,
  { txHash, paid, again }: Asked,
): Promise<Finding[]> {
  const transaction: Movements | undefined = txHash && (await nodes.movements(txHash, { again }))
  return judgePayouts(paid, {
    ...{ chain, transaction, coin: nativeAssetId(chain) },
    arrivesInPart: (asset) => assets.find(({ id }) => id === asset)?.arrivesInPart ?? false,
  })
}
