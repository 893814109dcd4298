import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import { parseAddress } from '@coffer/evm/address'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { units } from '@coffer/money/units'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { reorg } from '@coffer/simulator/reorg'
import { seededRandom } from '@coffer/simulator/seeded-random'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { owners } from '@coffer/wallets/schema'
import { requestWithdrawal } from '@coffer/withdrawals/request-withdrawal'
import { postgresWithdrawalRooms } from '@coffer/withdrawals/withdrawal-rooms'
import { sql } from 'drizzle-orm'
import { tell } from './tell.ts'

const CHAIN = chainIdOf(31_337)
const ETH = nativeAssetId(CHAIN)
const AMOUNT = units(1_000_000n)

/** Of the requests to the node: their replies are lost, or they are refused. */
const FAULT_SHARE = 0.025

/** What always reverts: `revert(0, 0)`. */
const REVERTS = '0x60006000fd'

const SECONDS_MAX = 900

const UNDONE_BLOCKS = 2

/** So that blocks may be undone which hold payouts, and few payouts share a transaction. */
const SETTINGS = {
  CONFIRMATIONS: '4',
  BATCH_MAX: '4',
  IN_FLIGHT_MAX: '64',
  LOOK_MS: '500',
  RAISE_AFTER_MS: '5000',
}

const recipient = (place: number) => parseAddress(`0xb0${place.toString(16).padStart(38, '0')}`)

/**
 * Withdrawals that are paid by two processes through the signer, while replies of the node are
 * lost, requests refused, blocks undone with what they hold, recipients revert and processes are
 * killed. Whatever failed is asked for again, as its owner would. In the end the chain alone says
 * who was paid, and how much.
 */
export async function payouts({ count = 1_000 }: { count?: number }) {
  await using coffer = await startCoffer({
    ...{ env: SETTINGS, apps: ['signer'], restart: true, onProgress: tell },
    anvilArguments: ['--block-time', '1'],
  })
  await using postgres = openPostgres(coffer.urls.DATABASE_URL, { applicationName: 'bench' })
  await using proxy = await startRpcProxy({ upstream: coffer.urls.RPC_URLS })
  const faults = [rpcFaults.cutConnection(), rpcFaults.error(-32_000, 'internal error')]
  const rules = faults.map((fault) => proxy.add({ fault, share: FAULT_SHARE }))
  const ask = await asker(postgres, count)
  for (let place = 0; place < count; place += 1) await ask(place)
  tell(`${count} withdrawals are asked for`)

  const env = { RPC_URLS: proxy.url }
  await coffer.startApp('withdrawals', { env, awaitHealth: false })
  await coffer.startApp('withdrawals', { name: 'withdrawals-2', env, awaitHealth: false })
  const done = new AbortController()
  const trouble = causeTrouble(coffer, { count, signal: done.signal })
  const startedAt = performance.now()
  let asked = 0
  let left = await statusesOf(postgres)
  while (left.open > 0 || left.failed > asked) {
    if (performance.now() - startedAt > SECONDS_MAX * 1_000) break
    for (const place of left.failedPlaces.slice(asked)) await ask(place)
    asked = left.failedPlaces.length
    await pause(1_000)
    left = await statusesOf(postgres)
    tell(`${left.open} are left, ${asked} were asked for again`)
  }
  done.abort()
  const { kills, reorgs } = await trouble
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const fired = rules.reduce((sum, rule) => sum + rule.fired, 0)
  return {
    ...(await paidOnChain(coffer, count)),
    stuck: left.open,
    ...{ seconds, kills, reorgs, faults: fired, askedAgain: asked },
  }
}

/** Asks for the withdrawal to the recipient of a place, of one owner who has enough for all. */
async function asker(postgres: Postgres, count: number): Promise<(place: number) => Promise<void>> {
  const [made] = await postgres.insert(owners).values({}).returning({ id: owners.id })
  const owner = made?.id ?? ''
  const amount = AMOUNT * BigInt(count)
  const draft = {
    ...{ reference: 'bench', code: 'bench', owner, eventAt: new Date() },
    entries: [
      { account: { owner: 'system', code: 'custody', asset: ETH }, amount },
      { account: { owner, code: 'owner.available', asset: ETH }, amount: -amount },
    ],
  } as const
  await postgres.transaction((tx) => postTransactions(tx, [draft]))
  const request = requestWithdrawal({
    rooms: postgresWithdrawalRooms(postgres),
    policy: {
      ...{ allowListOnly: false, coolingOffMs: 0 },
      ...{ limits: new Map(), approvalAbove: new Map(), fees: new Map() },
    },
    ...{ chains: [CHAIN], own: [], newId: randomUUID, now: () => new Date() },
    assets: [{ id: ETH, chain: CHAIN, contract: null, symbol: 'ETH', decimals: 18 }],
  })
  const facts = { owner, kind: 'user', asset: ETH, amount: AMOUNT, requestedBy: 'bench' } as const
  return async (place) => {
    await request({ ...facts, key: randomUUID(), to: recipient(place) })
  }
}

/** What is under way, and whose withdrawals failed, as they did. */
async function statusesOf(postgres: Postgres) {
  const rows = await postgres.execute<{ status: string; to: string }>(sql`
    select status, encode(to_address, 'hex') as to from withdrawals.withdrawals
    order by ended_at, id`)
  const failed = rows.filter(({ status }) => status === 'failed')
  return {
    open: rows.filter(({ status }) => status !== 'failed' && status !== 'completed').length,
    failed: failed.length,
    failedPlaces: failed.map(({ to }) => Number.parseInt(to.slice(2), 16)),
  }
}

type Trouble = { count: number; signal: AbortSignal }

/** Kills, undoes and reverts until told to stop; answers how often. */
async function causeTrouble(coffer: Coffer, { count, signal }: Trouble) {
  const client = anvilClient(coffer.urls.RPC_URLS)
  const random = seededRandom(1)
  // What filled the hot wallet gets deeper than any block that is undone.
  await client.mine(UNDONE_BLOCKS + 1)
  let kills = 0
  let reorgs = 0
  for (let round = 1; !signal.aborted; round += 1) {
    await pause(1_500)
    if (round % 3 === 0) {
      const name = kills % 2 === 0 ? 'withdrawals' : 'withdrawals-2'
      coffer.apps.get(name)?.kill('SIGKILL')
      kills += 1
    }
    if (round % 3 === 1) {
      const place = () => 'drop' as const
      await reorg(client, { depth: UNDONE_BLOCKS, ...(random.below(2) === 0 ? { place } : {}) })
      reorgs += 1
    }
    const closed = recipient(random.below(count))
    await client.request('anvil_setCode', [closed, REVERTS])
    await pause(500)
    await client.request('anvil_setCode', [closed, '0x'])
  }
  return { kills, reorgs }
}

/** What the recipients have, by the chain itself. */
async function paidOnChain(coffer: Coffer, count: number) {
  const client = anvilClient(coffer.urls.RPC_URLS)
  const balances = await client.batch<string>(
    Array.from({ length: count }, (_, place) => {
      return { method: 'eth_getBalance', params: [recipient(place), 'latest'] }
    }),
  )
  return {
    paidOnce: balances.filter((balance) => BigInt(balance) === AMOUNT).length,
    paidOtherwise: balances.filter((balance) => ![0n, AMOUNT].includes(BigInt(balance))).length,
  }
}
