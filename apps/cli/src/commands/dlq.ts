import { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

/** A dead letter as the API tells it. */
type DeadLetter = {
  id: string
  state: string
  since: string
  key: string
  consumer: string
  code: string
  cause: string
}

type Page = { items: DeadLetter[]; nextCursor: string | null }

type Redriven = { ids: string[]; until: string; nextCursor: string | null }

const TOPIC = ['--topic <name>', 'the topic they were read from', 'wallet.events'] as const

type ListOptions = ApiOptions & { topic: string; state?: string; owner?: string; code?: string }

const list = withApi(
  new Command('list')
    .description('List messages that could not be handled, each owner’s in their order.')
    .option(...TOPIC)
    .option('--state <state>', 'pending, redriven, handled, returned or discarded')
    .option('--owner <id>', 'of this owner only')
    .option('--code <code>', 'given up for this reason only'),
).action(async (options: ListOptions) => {
  const api = await apiOf(options)
  let count = 0
  for await (const letter of lettersOf(api, options)) {
    count += 1
    if (options.json) printJson(letter)
    else console.log(lineOf(letter))
  }
  if (count === 0 && !options.json) console.log('There are no such dead letters.')
})

const show = withApi(
  new Command('show')
    .description('Show one dead letter whole: its cause, its headers, what it says.')
    .argument('<id>', 'as list prints it'),
).action(async (id: string, options: ApiOptions) => {
  const api = await apiOf(options)
  const letter = await api<object>('GET', `/v1/admin/dead-letters/${encodeURIComponent(id)}`)
  if (options.json) printJson(letter)
  else console.log(JSON.stringify(letter, null, 2))
})

type RedriveOptions = ApiOptions & {
  topic: string
  owner?: string
  all?: true
  dryRun?: true
  again?: true
}

const redrive = withApi(
  new Command('redrive')
    .description(
      'Publish dead letters again to where they came from, once their cause is put right. Each ' +
        'takes along all that wait of its owner, in their order. Safe to repeat.',
    )
    .argument('[ids...]', 'ids, or ranges such as wallet.events.dlq:3:17-40')
    .option(...TOPIC)
    .option('--owner <id>', 'all that wait of this owner')
    .option('--all', 'all that wait')
    .option('--again', 'also those of which nothing was heard since they were redriven')
    .option('--dry-run', 'only tell what would be redriven'),
).action(async (ids: string[], options: RedriveOptions, command: Command) => {
  const ways = [ids.length > 0, options.owner !== undefined, options.all].filter(Boolean)
  if (ways.length !== 1) command.error('error: expected either ids, or --owner ID, or --all')
  const api = await apiOf(options)
  const redriven: string[] = []
  let from: Partial<Redriven> = {}
  do {
    const page: Redriven = await api('POST', '/v1/admin/dead-letters/redrive', {
      topic: topicOf(ids, options),
      which: options.all ? 'all' : options.owner ? { key: options.owner } : { ids },
      dryRun: options.dryRun ?? false,
      again: options.again ?? false,
      ...(from.nextCursor ? { cursor: from.nextCursor, until: from.until } : {}),
    })
    redriven.push(...page.ids)
    if (!options.json) for (const id of page.ids) console.log(id)
    from = page
  } while (from.nextCursor)
  if (options.json) return printJson({ ids: redriven, dryRun: options.dryRun ?? false })
  console.log(`${redriven.length} ${options.dryRun ? 'would be redriven' : 'redriven'}.`)
})

const discard = withApi(
  new Command('discard')
    .description('Put dead letters aside for good. They stay listed, and are not redriven.')
    .argument('<ids...>', 'as list prints them')
    .requiredOption('--reason <text>', 'why they need not be handled; it is kept'),
).action(async (ids: string[], options: ApiOptions & { reason: string }) => {
  const api = await apiOf(options)
  const { reason } = options
  const path = '/v1/admin/dead-letters/discard'
  const answer = await api<{ discarded: string[] }>('POST', path, { ids, reason })
  if (options.json) return printJson(answer)
  for (const id of answer.discarded) console.log(id)
  console.log(`${answer.discarded.length} discarded.`)
})

/** `coffer dlq`: messages that could not be handled, and what an operator does about them. */
export const dlq = new Command('dlq')
  .description('Messages that could not be handled.')
  .addCommand(list)
  .addCommand(show)
  .addCommand(redrive)
  .addCommand(discard)

async function* lettersOf(api: ApiClient, options: ListOptions): AsyncGenerator<DeadLetter> {
  const { topic, state, owner, code } = options
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({
      ...{ topic, limit: '200' },
      ...(state === undefined ? {} : { state }),
      ...(owner === undefined ? {} : { key: owner }),
      ...(code === undefined ? {} : { code }),
      ...(cursor === '' ? {} : { cursor }),
    })
    const page: Page = await api('GET', `/v1/admin/dead-letters?${query}`)
    yield* page.items
    cursor = page.nextCursor
  }
}

/** An id says itself what topic it is of. */
const topicOf = ([id]: readonly string[], { topic }: RedriveOptions): string =>
  id?.match(/^([^:]+)\.dlq:/)?.[1] ?? topic

function lineOf({ id, state, since, key, consumer, code, cause }: DeadLetter): string {
  return `${id}  ${state} since ${since}  ${consumer}  owner ${key}  ${code}: ${cause}`
}
