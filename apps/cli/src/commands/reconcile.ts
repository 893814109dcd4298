import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { endWith } from '../end-with.ts'
import { printJson } from '../progress.ts'
import { ImportFileError } from './addresses.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

type Side = { asset: string; amount: string } | null

/** A difference as the API tells it. */
type Difference = {
  id: string
  kind: string
  place: string
  subject: string
  ours: Side
  theirs: Side
  status: string
  adjustment: { kind: string; status: string; hash: string } | null
}

const PATH = '/v1/reconciliation'
const RESOLVE = 'coffer reconcile resolve'

const importStatement = withApi(
  new Command('import')
    .description("Import a channel's statement, whole or not at all.")
    .argument('<file>', 'CSV: statementId,line,kind,id,reference,asset,amount,movedAt')
    .option('--channel <channel>', 'whose statement it is', 'sandbox'),
).action(async (file: string, options: ApiOptions & { channel: string }) => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ImportFileError(file, cause)
  })
  const api = await apiOf(options)
  const path = `${PATH}/statements?${new URLSearchParams({ channel: options.channel })}`
  const answer = await api<{ lines: number }>('POST', path, text, {
    textType: 'text/csv',
  })
  if (options.json) return printJson(answer)
  console.log(`${answer.lines} lines imported.`)
})

type RunOptions = ApiOptions & { chain?: string; channel: string; day?: string; whole?: true }

const run = withApi(
  new Command('run')
    .description('Reconcile our books with a channel or a chain.')
    .option('--chain <id>', 'with this CAIP-2 chain')
    .option('--channel <channel>', 'with this channel, unless a chain is named', 'sandbox')
    .option('--day <day>', 'of a channel: all that moved until this day ended, UTC, is told of')
    .option('--whole', 'of a chain: hold every credit against it'),
).action(async ({ chain, channel, day, whole, ...options }: RunOptions) => {
  const scope = chain === undefined ? { scope: 'channel', channel } : { scope: 'chain', chain }
  const body = { ...scope, ...(day ? { day } : {}), ...(whole ? { whole } : {}) }
  const asked = await (await apiOf(options))<{ id: string }>('POST', `${PATH}/runs`, body)
  if (options.json) return printJson(asked)
  console.log(`Run ${asked.id} begins soon; GET ${PATH}/runs/${asked.id} tells how far it is.`)
})

const list = withApi(
  new Command('list')
    .description('List what does not agree, newest first; fails if any of it is open.')
    .addOption(
      new Option('--status <status>', 'only those that are so')
        .choices(['open', 'explained', 'adjusted'])
        .default('open'),
    ),
).action(async ({ status, ...options }: ApiOptions & { status: string }) => {
  const api = await apiOf(options)
  const found: Difference[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ limit: '200', status, ...(cursor ? { cursor } : {}) })
    const page: { items: Difference[]; nextCursor: string | null } = await api(
      'GET',
      `${PATH}/differences?${query}`,
    )
    found.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  if (status === 'open' && found.length > 0) endWith('unwell')
  if (options.json) return printJson(found)
  for (const difference of found) console.log(lineOf(difference))
  if (found.length === 0) console.log(`No difference is ${status}.`)
})

type ResolveOptions = ApiOptions & {
  kind?: string
  reason?: string
  confirm?: string
}

const resolve = withApi(
  new Command('resolve')
    .description('Propose how to settle a difference, or confirm what somebody else proposed.')
    .argument('<id>', 'of the difference')
    .addOption(
      new Option('--kind <kind>', 'propose this').choices(['suspend', 'write_off', 'accept']),
    )
    .option('--reason <words>', 'why')
    .option('--confirm <hash>', 'confirm the proposal of this hash'),
).action(async (id: string, { kind, reason, confirm, ...options }: ResolveOptions) => {
  const api = await apiOf(options)
  const path = `${PATH}/differences/${encodeURIComponent(id)}`
  const act = confirm === undefined ? 'adjustment' : 'confirm'
  const body = confirm === undefined ? { kind, reason } : { hash: confirm }
  const named = { idempotencyKey: crypto.randomUUID() }
  const answer = await api<{ hash: string }>('POST', `${path}/${act}`, body, named)
  if (options.json) return printJson(answer)
  console.log(
    confirm === undefined
      ? `Proposed; somebody else confirms it: ${RESOLVE} ${id} --confirm ${answer.hash}`
      : 'Confirmed and booked.',
  )
})

/** `coffer reconcile`: our books against what channels and chains say. */
export const reconcile = new Command('reconcile')
  .description('Our books against what channels and chains say.')
  .addCommand(importStatement)
  .addCommand(run)
  .addCommand(list)
  .addCommand(resolve)

function lineOf({ id, kind, place, subject, ours, theirs, status, adjustment }: Difference) {
  const proposed = adjustment ? ` (${adjustment.kind} ${adjustment.status} ${adjustment.hash})` : ''
  const said = `ours ${sideOf(ours)}, theirs ${sideOf(theirs)}`
  return `${id}  ${status}  ${place}  ${kind}  ${subject}: ${said}${proposed}`
}

const sideOf = (side: Side): string => (side === null ? 'nothing' : `${side.amount} ${side.asset}`)
