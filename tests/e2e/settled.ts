import type { Coffer } from '@coffer/cli/start-coffer'
import { ACCOUNTING_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { relayLag } from '@coffer/messaging/relay-lag'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { observe } from './read-topics.ts'

export type Observed = { coffer: Pick<Coffer, 'urls' | 'messaging'>; postgres: Postgres }

/** The consumers between chain and balance, in the order of the flow. */
const GROUPS = [
  { group: 'accounts', topic: WALLET_EVENTS },
  { group: 'deposits', topic: ACCOUNTING_EVENTS },
]

/**
 * What is still under way between the chain and the balances, in words; nothing when all is done.
 */
export async function underWay({ coffer, postgres }: Observed): Promise<string[]> {
  const { RPC_URLS } = coffer.urls
  const head = await anvilClient(RPC_URLS).head()
  const scans = await postgres.execute<{ chain: string; number: string; hash: string }>(sql`
    select chain, checkpoint_number as number, '0x' || encode(checkpoint_hash, 'hex') as hash
    from deposits.chains`)
  const behind = scans.filter(({ hash }) => hash !== head.hash)
  const found = behind.map(({ chain, number }) => {
    return `${chain} is scanned to ${number}, its head is ${head.number} (${head.hash})`
  })
  const unsettled = await postgres.execute<{ status: string; count: number }>(sql`
    select status, count(*)::int as count from deposits.deposits
    where status in ('seen', 'final') group by status`)
  found.push(...unsettled.map(({ status, count }) => `${count} deposits are ${status}`))
  for (const { topic, rows } of await relayLag(postgres, [transactionsOutbox])) {
    if (rows > 0) found.push(`${rows} events for ${topic} wait in the outbox`)
  }
  // The broker is asked only when all that is cheap to ask is settled.
  for (const { group, topic } of found.length > 0 ? [] : GROUPS) {
    const broker = await observe(coffer.messaging)
    const lag = await broker.backlog({ group, topics: [topic] })
    if (lag > 0) found.push(`${lag} messages of ${topic} wait for ${group}`)
  }
  return found
}

/** Waits until nothing is under way. */
export async function settled(observed: Observed, timeoutMs = 90_000): Promise<void> {
  let last: string[] = []
  const isSettled = async () => {
    last = await underWay(observed)
    return last.length === 0
  }
  try {
    await waitFor(isSettled, { what: 'everything to settle', timeoutMs, intervalMs: 50 })
  } catch (cause) {
    throw new Error(`It does not settle: ${last.join('; ')}`, { cause })
  }
}
