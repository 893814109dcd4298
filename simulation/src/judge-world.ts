import type { ExpectedDeposits } from './expected-bookings.ts'
import { judgeLedger } from './judge-ledger.ts'
import type { Room } from './room.ts'
import type { World } from './world.ts'

/** Whether the tip is stored; a node that lags may be below what is stored. */
export async function hasTip({ scan, policy }: World): Promise<boolean> {
  const tip = scan.chain.blocks().at(-1)
  if (tip === undefined || tip.number < policy.start) return true
  const [stored] = await scan.database.store('onlooker').storedBlocks(tip.number, tip.number)
  return stored?.hash === tip.hash
}

/** What somebody still has to do; `undefined` when all are at rest. */
export async function whatIsLeft(world: World): Promise<string | undefined> {
  const { scan, outbox, group, ledger, place, topic } = world
  if (!(await hasTip(world))) return 'the newest block is not stored'
  if (await scan.database.store('onlooker').nextRescan()) return 'a rescan is not done'
  const gap = (await scan.database.gaps.counts()).find(({ kind }) => kind !== 'audit')
  if (gap) return `${gap.blocks} blocks of ${gap.kind} are owed`
  const unseen = await leftBeside(world)
  if (unseen) return unseen
  if (outbox.waiting(topic) > 0) return 'the outbox is not empty'
  if (group.lag() > 0) return 'an event is not consumed'
  return place.handled < ledger.contents().announced.length ? 'a booking is not marked' : undefined
}

async function leftBeside({ scan, policy }: World): Promise<string | undefined> {
  const store = scan.database.store('onlooker')
  const { next, last } = await store.auditPosition()
  if (policy.audit && next <= last) return `block ${next} is not audited`
  const { balanceProof, start } = policy
  if (balanceProof === undefined) return undefined
  const { provenTo } = await store.proofStand()
  const from = (provenTo ?? start - 1n) + 1n
  const isDue = last - from + 1n >= BigInt(balanceProof.everyBlocks)
  return isDue ? `balances from block ${from} on are not proven` : undefined
}

/** Holds the books and what is stored of deposits against what ought to be there. */
export function judge(room: Room, world: World, expected: ExpectedDeposits): void {
  const { ledger, scan } = world
  const { violations, coverage } = room
  const contents = ledger.contents()
  const stored = new Map(scan.database.deposits().map((deposit) => [deposit.id, deposit]))
  for (const { id, status, reason } of stored.values()) {
    if (reason === 'coinbase') coverage.saw('scan: suspended for coinbase')
    if (reason === 'withdrawal') coverage.saw('scan: suspended for withdrawal')
    if (['final', 'seen'].includes(status)) violations.push(`I11: ${id} is ${status} at rest`)
  }
  for (const { id, reason } of expected.recorded) {
    const deposit = stored.get(id)
    coverage.saw(`record: ${reason}` as 'record: internal')
    if (deposit?.status === 'rejected' && deposit.reason === reason) continue
    const found = deposit ? `${deposit.status}, ${deposit.reason}` : 'unknown'
    violations.push(`I3: ${id} ought to be recorded as ${reason}, and is ${found}`)
  }
  violations.push(...judgeLedger(contents, expected), ...orderProblems(world))
  for (const { code, reference } of contents.transactions.values()) {
    if (code === 'deposit.reversal') coverage.saw('ledger: reversal')
    else coverage.saw(code === 'deposit.suspense' ? 'ledger: suspense' : 'ledger: credit')
    if (/#\d+$/.test(reference)) coverage.saw('ledger: credit after a reversal')
  }
}

/** I9: every event was delivered, and what was first of an owner's came first. */
function orderProblems({ broker, outbox, topic }: World): string[] {
  const idOf = ({ headers }: { headers: Readonly<Record<string, string>> }) => headers.ce_id ?? ''
  const owed = Map.groupBy(outbox.messages(topic), ({ key }) => key)
  const delivered = Map.groupBy(broker.messages(topic), ({ key }) => key)
  return [...owed].flatMap(([owner, messages]) => {
    const first = [...new Set((delivered.get(owner) ?? []).map(idOf))]
    const ought = [...new Set(messages.map(idOf))]
    if (first.join() === ought.join()) return []
    return [`I9: ${owner} was told ${first.length} of ${ought.length} events, or in another order`]
  })
}
