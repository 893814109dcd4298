import { startCoffer } from '@coffer/cli/start-coffer'
import { watchTopic } from '@coffer/cli/topic-watch'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { creditCount } from './credit-count.ts'
import { momentOf } from './moment-of.ts'
import { payOneBlock } from './pay-one-block.ts'
import { ascending, percentile } from './percentile.ts'
import { tell } from './tell.ts'
import { watchAddresses } from './watch-addresses.ts'

const DEPOSITS_PER_BLOCK = 50
const USERS = 500
const WARM_UP_BLOCKS = 10

/** Of each deposit, wei. */
const AMOUNT = 1_000_000n

/**
 * How long after a block is there its deposits are credited, at depth 1, through every process:
 * node → scanner → PostgreSQL → Kafka → account service → ledger.
 */
export async function tipLatency({ count: blocks = 100 }: { count?: number }) {
  await using coffer = await startCoffer({
    env: {},
    apps: ['scanner', 'accounts'],
    onProgress: tell,
  })
  const { urls, chain } = coffer
  if (chain === undefined) throw new Error('The benchmark has no chain of its own.')
  await using postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'bench' })
  await using topic = await watchTopic(coffer.messaging, 'bench')
  const addresses = await watchAddresses(postgres, chain.chain, USERS)
  const client = anvilClient(urls.RPC_URLS)
  await client.setAutomine(false)

  const published: number[] = []
  const credited: number[] = []
  let expected = 0
  for (let block = 0; block < blocks + WARM_UP_BLOCKS; block += 1) {
    const first = (block * DEPOSITS_PER_BLOCK) % USERS
    const receivers = addresses.slice(first, first + DEPOSITS_PER_BLOCK)
    const available = await payOneBlock(client, receivers, AMOUNT)
    expected += receivers.length
    const [inKafka, inLedger] = await Promise.all([
      momentOf(() => topic.seen().size >= expected),
      momentOf(async () => (await creditCount(postgres)) >= expected),
    ])
    if (block < WARM_UP_BLOCKS) continue
    published.push(inKafka - available)
    credited.push(inLedger - available)
    if (block % 25 === 0) tell(`block ${block}`)
  }
  const latency = ascending(credited)
  return {
    parameters: { blocks, depositsPerBlock: DEPOSITS_PER_BLOCK, confirmations: 1 },
    publishedP50Ms: percentile(ascending(published), 0.5),
    publishedP99Ms: percentile(ascending(published), 0.99),
    p50Ms: percentile(latency, 0.5),
    p95Ms: percentile(latency, 0.95),
    p99Ms: percentile(latency, 0.99),
  }
}
