import { open } from 'node:fs/promises'
import { AppError } from '@coffer/errors/app-error'
import { Command } from 'commander'
import { endWith } from '../end-with.ts'
import { printJson, progress } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

type ImportAnswer = {
  imported: number
  existing: number
  /** The first of those that were rejected. */
  rejected: { line: number; reason: string }[]
  rejectedCount: number
}

/** Lines sent in one request. */
const CHUNK_LINES = 20_000

const importFile = withApi(
  new Command('import')
    .description('Watch addresses whose keys are elsewhere.')
    .argument('<file>', 'NDJSON: {"owner":"…","address":"0x…","chain":"eip155:1"} on each line'),
).action(async (file: string, options: ApiOptions) => {
  const api = await apiOf(options)
  const { line: tell } = progress()
  const total: ImportAnswer = { imported: 0, existing: 0, rejected: [], rejectedCount: 0 }
  let sent = 0
  for await (const lines of chunksOf(file)) {
    const answer = await api<ImportAnswer>('POST', '/v1/addresses/import', lines.join('\n'))
    total.imported += answer.imported
    total.existing += answer.existing
    total.rejectedCount += answer.rejectedCount
    const rejected = answer.rejected.map(({ line, reason }) => ({ line: line + sent, reason }))
    total.rejected.push(...rejected)
    sent += lines.length
    tell(`${sent} lines`)
  }
  if (total.rejectedCount > 0) endWith('refused')
  if (options.json) return printJson(total)
  for (const { line, reason } of total.rejected) console.log(`line ${line}: ${reason}`)
  console.log(
    `${total.imported} imported, ${total.existing} known already, ` +
      `${total.rejectedCount} rejected.`,
  )
})

/** `coffer addresses`: what is watched. */
export const addresses = new Command('addresses')
  .description('Watched addresses.')
  .addCommand(importFile)

async function* chunksOf(file: string): AsyncGenerator<string[]> {
  let chunk: string[] = []
  const input = await open(file).catch((cause: unknown) => {
    throw new ImportFileError(file, cause)
  })
  for await (const line of input.readLines()) {
    chunk.push(line)
    if (chunk.length < CHUNK_LINES) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** The file to import can't be read. */
export class ImportFileError extends AppError {
  readonly code = 'CLI_IMPORT_FILE'

  constructor(file: string, cause: unknown) {
    super(`Could not read ${file}. Expected a file with one address a line, as NDJSON`, {
      retry: 'never',
      details: { file },
      cause,
    })
  }
}
