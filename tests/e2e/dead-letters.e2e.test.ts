import { apiClient } from '@coffer/cli/api-client'
import { depositReference } from '@coffer/events/deposit-reference'
import { eventMessage, type Message } from '@coffer/events/event'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { quantity } from '@coffer/simulator/anvil-client'
import { readDeposits } from '@coffer/simulator/chain-oracle'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { depositViolations } from './deposit-invariants.ts'
import { ledgerViolations } from './invariants.ts'
import { observe } from './read-topics.ts'
import { runCoffer } from './run-coffer.ts'

/**
 * Goal: what cannot be handled holds up nobody, is shown to an operator, and is repaired or put
 * aside by the commands. Method: real processes, with a bug that is mended while they run.
 */

const chain = chainIdOf(31_337)
const ETH = nativeAssetId(chain)

let under: CofferUnderTest

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'dead-letters', users: 3 })
})
afterAll(() => under[Symbol.asyncDispose]())

test('what cannot be handled holds up nobody, and is redriven or discarded by the commands', async () => {
  const [[annAddress, ann], [bobAddress, bob]] = [...under.owners] as [Pair, Pair, Pair]
  const unfounded = { number: 1, owner: ann, amount: 70 }
  await breakFor(bob)
  await publish([garbage(ann), reversed(unfounded)])
  await pay(annAddress, 1_000)
  await pay(bobAddress, 500)
  await waitFor(async () => (await letters()).length === 3, { what: 'three dead letters' })
  await waitFor(async () => (await spendable(ann)) === 1_000, { what: 'the credit behind them' })

  const printed = await dlq('list', '--state', 'pending', '--json')
  const listed = printed
    .trim()
    .split('\n')
    .map((line): Letter => JSON.parse(line))
  const idOf = (code: string) => listed.find((letter) => letter.code === code)?.id ?? ''
  const [poison, reversal] = [idOf('EVENT_FORMAT'), idOf('LEDGER_DEPOSIT_NOT_BOOKABLE')]
  const shown = JSON.parse(await dlq('show', poison))
  await dlq('discard', poison, '--reason', 'sent by a test', '--json')
  const dryRun = JSON.parse(await dlq('redrive', '--all', '--dry-run', '--json'))
  const afterDryRun = await letters('pending')
  await mend()
  await publish([confirmed(unfounded)])
  await waitFor(async () => (await spendable(ann)) === 1_070, { what: 'what was reversed early' })
  const redriven = JSON.parse(await dlq('redrive', reversal, idOf('UNEXPECTED'), '--json'))
  const isHandled = async () => (await letters('handled')).length === 2
  await waitFor(isHandled, { what: 'both to be handled' })
  const again = JSON.parse(await dlq('redrive', '--all', '--again', '--json'))
  await under.settle()

  expect(new Set(listed.map(({ key, code, state }) => `${code} ${state} ${key}`))).toEqual(
    new Set([
      `EVENT_FORMAT pending ${ann}`,
      `LEDGER_DEPOSIT_NOT_BOOKABLE pending ${ann}`,
      `UNEXPECTED pending ${bob}`,
    ]),
  )
  expect(shown).toMatchObject({ id: poison, value: 'garbage', consumer: 'accounts', attempts: 1 })
  expect(new Set(dryRun.ids)).toEqual(new Set([reversal, idOf('UNEXPECTED')]))
  expect(afterDryRun).toHaveLength(2)
  expect(new Set(redriven.ids)).toEqual(new Set(dryRun.ids))
  expect(again.ids).toEqual([])
  expect(await letters('discarded')).toMatchObject([{ id: poison, reason: 'sent by a test' }])
  expect([await spendable(ann), await spendable(bob)]).toEqual([1_000, 500])
  expect(await waitingByMetric()).toBe(0)
  expect(await violations()).toEqual([])
})

test('a deposit to a closed account is booked to suspense, and is no dead letter', async () => {
  const [, , [address, cy]] = [...under.owners] as [Pair, Pair, Pair]
  const before = await letters()
  await under.postgres.transaction((tx) =>
    postTransactions(tx, [
      {
        ...{ reference: 'close cy', code: 'test.close', owner: cy, eventAt: new Date(0) },
        entries: [],
        closes: [{ owner: cy, code: 'owner.available', asset: ETH }],
      },
    ]),
  )

  await pay(address, 300)
  await under.settle()

  expect(await letters()).toEqual(before)
  expect(await balance(cy, 'owner.suspense')).toBe(300)
  expect(await spendable(cy)).toBe(0)
  expect(await metric(under.coffer.healthUrl('accounts'), 'coffer_ledger_unassigned_total')).toBe(1)
  expect(await ledgerViolations(under.postgres)).toEqual([])
})

type Pair = [address: string, owner: string]

type Letter = { id: string; state: string; key: string; code: string; reason?: string }

/** Runs `coffer dlq` to its end and answers what it printed. */
async function dlq(...args: string[]): Promise<string> {
  const { apiUrl: api, apiKey } = under.coffer
  const ran = await runCoffer(['dlq', ...args, '--api', api, '--key', apiKey])
  expect(ran, ran.stderr).toMatchObject({ code: 0 })
  return ran.stdout
}

/** The same list from the API, which costs less to ask for again and again. */
async function letters(state?: string): Promise<Letter[]> {
  const { apiUrl: api, apiKey } = under.coffer
  const query = new URLSearchParams({ topic: WALLET_EVENTS, ...(state ? { state } : {}) })
  const path = `/v1/admin/dead-letters?${query}`
  return (await apiClient({ api, apiKey })<{ items: Letter[] }>('GET', path)).items
}

/** Has the account service fail at whatever is booked for `owner`, as a bug would. */
async function breakFor(owner: string): Promise<void> {
  await under.postgres.execute(
    sql.raw(`
    create function public.bug() returns trigger language plpgsql as $$
    begin
      raise exception 'a bug of ours';
    end $$;
    create trigger bug before insert on ledger.transactions for each row
      when (new.owner = '${owner}') execute function public.bug()`),
  )
}

async function mend(): Promise<void> {
  await under.postgres.execute(sql`drop trigger bug on ledger.transactions`)
}

async function pay(to: string, value: number): Promise<void> {
  const [from] = await under.node.accounts()
  await under.node.request('eth_sendTransaction', [{ from, to, value: quantity(value) }])
}

/** Publishes what no scanner ever owed. */
async function publish(messages: readonly Message[]): Promise<void> {
  const broker = await observe(under.coffer.messaging)
  await using producer = await broker.producer()
  await producer.publish(messages)
}

type Sample = { number: number; owner: string; amount: number }

const deposit = ({ number, owner, amount }: Sample) => {
  const txHash = `0x${number.toString(16).padStart(64, '0')}` as const
  return {
    ...{ depositId: `${chain}:${txHash}:value`, revision: 1, owner, chain, asset: ETH },
    ...{ amount: `${amount}`, txHash, position: 'value', blockNumber: 1 },
    ...{ from: `0x${'a'.repeat(40)}` as const, to: `0x${'b'.repeat(40)}` as const },
    ...{ blockHash: `0x${'c'.repeat(64)}` as const, blockTime: '2026-11-21T10:59:48Z' },
  }
}

const shared = { source: 'coffer/test', time: '2026-11-21T11:00:00Z' }

function confirmed(sample: Sample): Message {
  const data = deposit(sample)
  const id = depositReference({ ...data, kind: 'confirmation' })
  return eventMessage({ ...shared, id, type: 'deposit.confirmed', key: data.owner, data })
}

function reversed(sample: Sample): Message {
  const data = { ...deposit(sample), reason: 'its block left the chain', suspended: false }
  const id = depositReference({ ...data, kind: 'reversal' })
  return eventMessage({ ...shared, id, type: 'deposit.reversed', key: data.owner, data })
}

const garbage = (owner: string): Message => ({
  ...confirmed({ number: 99, owner, amount: 1 }),
  topic: WALLET_EVENTS,
  value: 'garbage',
})

async function balance(owner: string, code: string): Promise<number> {
  const [row] = await under.postgres.execute<{ owed: number }>(sql`
    select sum(credits_posted - debits_posted)::int as owed from ledger.accounts
    where owner = ${owner} and code = ${code}`)
  return row?.owed ?? 0
}

const spendable = (owner: string) => balance(owner, 'owner.available')

/** The value of a metric that has one sample, or of its sample about wallet.events. */
async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`))
  const line = lines.length > 1 ? lines.find((each) => each.includes(WALLET_EVENTS)) : lines[0]
  return Number(line?.split(' ').at(-1))
}

const waitingByMetric = () => metric(under.coffer.apiUrl, 'coffer_dead_letters_waiting')

/** Of ledger and deposits. What is on the topics was put there by the test. */
async function violations() {
  const { postgres, owners, coffer } = under
  const rpcUrl = coffer.urls.RPC_URLS
  const assets = coffer.chain?.assets ?? []
  const addresses = new Set(owners.keys())
  const { deposits } = await readDeposits({ rpcUrl, assets, addresses, internal: false })
  return [
    ...(await ledgerViolations(postgres)),
    ...(await depositViolations({ postgres, rpcUrl, owners, assets, deposits })),
  ]
}
