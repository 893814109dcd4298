import type { BookedDeposit } from '@coffer/ledger/booked-deposits'
import type { ReconciledChain } from '../chain-ports.ts'
import type { Finding } from '../domain/finding.ts'
import { type ChainTransfer, judgeCredit, transferName } from '../domain/judge-credit.ts'

/**
 * What the chain does not say of these credits as our books do. What differs is asked for once more
 * of somebody else: one node's word is not enough.
 */
export async function creditFindings(
  chain: ReconciledChain,
  credits: readonly BookedDeposit[],
): Promise<Finding[]> {
  const named = credits.flatMap((credit) => {
    const name = transferName(chain.chain, credit.reference)
    return name === undefined ? [] : [{ credit, name }]
  })
  const first = await judgeAll(chain, named, false)
  const doubted = named.filter(({ credit }) => first.has(credit.reference))
  const second = await judgeAll(chain, doubted, true)
  return [...second.values()]
}

type Named = { credit: BookedDeposit; name: ReturnType<typeof transferName> }

async function judgeAll(
  { chain, nodes, holders, assets }: ReconciledChain,
  credits: readonly Named[],
  again: boolean,
): Promise<Map<string, Finding>> {
  if (credits.length === 0) return new Map()
  const names = credits.flatMap(({ name }) => (name ? [name] : []))
  const told = (await nodes.transfers(names, { again })).values()
  const judged = credits.map(({ credit, name }) => {
    const transfer: ChainTransfer | undefined = name ? told.next().value : undefined
    return { credit, transfer }
  })
  const receivers = judged.flatMap(({ transfer }) => (transfer ? [transfer.to] : []))
  const owners = await holders.ownersOf([...new Set(receivers)])
  const findings = new Map<string, Finding>()
  for (const { credit, transfer } of judged) {
    const finding = judgeCredit(credit, {
      ...{ chain, transfer, isDoubled: credit.isDoubled },
      ownerOfTo: transfer && owners.get(transfer.to),
      arrivesInPart: assets.find(({ id }) => id === credit.asset)?.arrivesInPart ?? false,
    })
    if (finding) findings.set(credit.reference, finding)
  }
  return findings
}
