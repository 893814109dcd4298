import { openPostgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { mineEmptyBlocks } from '@coffer/simulator/mine-empty-blocks'
import { type SimulateDepositsOptions, simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { apiClient } from '../api-client.ts'
import { runRescan } from '../commands/rescan.ts'
import { createUsers } from '../create-users.ts'
import type { Progress } from '../progress.ts'
import type { Coffer } from '../start-coffer.ts'
import { type Books, books } from './books.ts'
import { dropped } from './dropped.ts'
import { type TopicWatch, watchTopic } from './topic-watch.ts'
import { judge, type Verdict } from './verdict.ts'
import { waitUntil } from './wait-until.ts'

export type DemoOptions = { users: number; count: number; seed: number }

/** The block whose events are published twice by a crash and once more by a rescan. */
const BLOCK = 100

/** Deposits in that block. */
const BLOCK_DEPOSITS = 12

type Scene = {
  coffer: Coffer
  tell: Progress
  books: Books
  watch: TopicWatch
  addresses: string[]
  simulate: (options: Pick<SimulateDepositsOptions, 'count' | 'blocks' | 'seed'>) => Promise<number>
}

/**
 * Deposits become balances while the scanner is killed, block 100 is scanned again, and the topic
 * is replayed. `coffer` runs all its apps on a chain of its own.
 */
export async function runDemo(
  coffer: Coffer,
  options: DemoOptions,
  tell: Progress,
): Promise<Verdict> {
  const { apiUrl: api, apiKey, urls, chain } = coffer
  if (chain === undefined) throw new Error('The demo needs a chain of its own: unset RPC_URLS.')
  await using postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'demo' })
  await using watch = await watchTopic(coffer.messaging, 'demo-watch')

  tell.title('1. Users and deposits')
  const users = await createUsers(apiClient({ api, apiKey }), {
    chain: chain.chain,
    count: options.users,
  })
  const addresses = users.map(({ address }) => address)
  tell.line(`${users.length} users, each with an address derived from the public key alone`)
  const simulate: Scene['simulate'] = async (plan) => {
    const { deposits } = await simulateDeposits({
      rpcUrl: urls.RPC_URLS,
      addresses,
      kinds: ['native', 'erc20', 'batch'],
      failures: Math.ceil(plan.count / 50),
      onProgress: ({ sent, of }) => tell.bar('transactions', sent, of),
      ...plan,
    })
    return deposits.length
  }
  const scene: Scene = { coffer, tell, books: books(postgres), watch, addresses, simulate }
  const before = await fillToBlock99(scene, options)
  const total = before + (await crashAtBlock100(scene, before, options))
  await rescanBlock100(scene)
  await replay(scene)

  tell.title('6. The verdict')
  const { assets } = chain
  const judged = {
    rpcUrl: urls.RPC_URLS,
    addresses: new Set(addresses),
    assets,
    books: scene.books,
    watch,
  }
  await waitUntil({ what: 'the reader has seen all', until: () => watch.seen().size >= total })
  return await judge(judged)
}

async function fillToBlock99({ coffer, tell, books, simulate }: Scene, options: DemoOptions) {
  const rpcUrl = coffer.urls.RPC_URLS
  const paid = await simulate({ count: options.count, blocks: 60, seed: options.seed })
  const { number } = await anvilClient(rpcUrl).head()
  // The deposits of block 100 take one block before it, in which their senders are funded.
  await mineEmptyBlocks({ rpcUrl, blocks: BLOCK - 2 - Number(number) })
  tell.line(`${paid} deposits in ${number} blocks, empty blocks up to ${BLOCK - 2}`)
  await credited({ books, tell }, paid)
  return paid
}

async function crashAtBlock100(scene: Scene, before: number, { seed }: DemoOptions) {
  const { coffer, tell, books, watch, simulate } = scene
  tell.title(`2. The scanner is killed when Kafka has block ${BLOCK}'s events and nobody knows it`)
  await coffer.apps.get('scanner')?.stop()
  const armed = { NODE_ENV: 'test', CRASH_AT: 'relay.after-ack:1' }
  const doomed = await coffer.startApp('scanner', { env: armed })
  const paid = await simulate({ count: BLOCK_DEPOSITS, blocks: 1, seed: seed + 1 })
  await doomed.exited()
  tell.line(`scanner killed by SIGKILL; Kafka has acknowledged ${paid} events of block ${BLOCK}`)
  tell.line(`the outbox still counts ${await books.waiting()} of them as not published`)

  tell.title('3. The scanner is started again')
  await coffer.startApp('scanner')
  await waitUntil({ what: 'the outbox is empty', until: async () => (await books.waiting()) === 0 })
  await waitUntil({ what: 'the repeats arrive', until: () => watch.duplicates() >= paid })
  tell.line(`published again: ${watch.duplicates()} events have now arrived twice`)
  await credited(scene, before + paid)
  return paid
}

async function rescanBlock100({ coffer, tell, books, watch }: Scene) {
  tell.title(`4. Block ${BLOCK} is scanned again by command`)
  const { apiUrl: api, apiKey, chain } = coffer
  const known = watch.duplicates()
  const range = { chain: chain?.chain ?? '', from: BLOCK, to: BLOCK }
  const rescan = await runRescan(apiClient({ api, apiKey }), range, () => undefined)
  tell.line(
    `${rescan.found} deposits found, ${rescan.added} new, ${rescan.republished} published again`,
  )
  const repeats = known + rescan.republished
  await waitUntil({ what: 'the repeats arrive', until: () => watch.duplicates() >= repeats })
  await droppedAll(coffer, watch.duplicates())
  tell.line(`the account service dropped all ${watch.duplicates()} repeats`)
  tell.line(`credits: ${(await books.credits()).length}`)
}

async function replay({ coffer, tell, books, watch }: Scene) {
  tell.title('5. The whole topic is replayed to a second account service in a group of its own')
  const events = watch.events()
  const second = { name: 'accounts-2', env: { CONSUMER_GROUP: 'accounts-replay' } }
  const app = await coffer.startApp('accounts', second)
  const all = async () => (await dropped(coffer, second.name)) >= events
  await waitUntil({ what: 'the second account service has read everything', until: all })
  await app.stop()
  tell.line(`${events} events replayed, ${events} recognised and dropped`)
  tell.line(`credits: ${(await books.credits()).length}`)
}

async function credited({ books, tell }: Pick<Scene, 'books' | 'tell'>, count: number) {
  const until = async () => {
    const { length } = await books.credits()
    tell.bar('credits', length, count)
    return length >= count
  }
  await waitUntil({ what: `${count} deposits are credited`, until })
}

const droppedAll = (coffer: Coffer, repeats: number) =>
  waitUntil({
    what: 'the account service has seen the repeats',
    until: async () => (await dropped(coffer, 'accounts')) >= repeats,
  })
