import { AppError, describeError } from '@coffer/errors/app-error'
import { statementLine } from '@coffer/events/channel-events'
import { isStorable } from '@coffer/http/storable-text'
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { type Line, lineId, signedAmount } from './domain/channel-item.ts'

/** The columns of a statement, in this order. */
const STATEMENT_COLUMNS = [
  'statementId',
  'line',
  'kind',
  'id',
  'reference',
  'asset',
  'amount',
  'movedAt',
] as const

/** Lines that are imported at once. */
const LINES_MAX = 10_000

/** Problems that are listed. */
const LISTED_MAX = 100

/** What is wrong with a line of the file, counted from 1. */
export type CsvProblem = { line: number; problem: string }

/** Reads the statement of a channel. Throws {@link StatementFileError} that lists what is wrong. */
export function readStatementCsv(channel: string, text: string): Line[] {
  const [header, ...rows] = recordsOf(text)
  const named = header?.record.join(',')
  if (named !== STATEMENT_COLUMNS.join(',')) {
    const problem = `its columns are ${named ?? 'none'}, not ${STATEMENT_COLUMNS.join(',')}`
    throw new StatementFileError([{ line: 1, problem }])
  }
  if (rows.length === 0) throw new StatementFileError([{ line: 2, problem: 'there is no line' }])
  if (rows.length > LINES_MAX) {
    const problem = `there are ${rows.length} lines, and at most ${LINES_MAX} are taken at once`
    throw new StatementFileError([{ line: LINES_MAX + 2, problem }])
  }
  const problems: CsvProblem[] = []
  const seen = new Map<string, number>()
  const lines = rows.flatMap(({ record, info: { lines: line } }) => {
    const unread = STATEMENT_COLUMNS.find((_, place) => !isStorable(record[place] ?? ''))
    if (unread) problems.push({ line, problem: `${unread}: it holds a NUL, or is no UTF-8` })
    if (unread) return []
    const read = statementLine.safeParse(wireOf(channel, record))
    if (!read.success) problems.push({ line, problem: problemsOf(read.error) })
    if (!read.success) return []
    const before = seen.get(lineId(read.data))
    if (before !== undefined) problems.push({ line, problem: `it is line ${before} once more` })
    seen.set(lineId(read.data), line)
    return [lineOf(read.data)]
  })
  if (problems.length > 0) throw new StatementFileError(problems)
  return lines
}

type CsvRecord = { record: string[]; info: { lines: number } }

function recordsOf(text: string): CsvRecord[] {
  try {
    const options = { bom: true, info: true, skip_empty_lines: true } as const
    return parse(text, options) as unknown as CsvRecord[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error['lines'] ?? 1)
    throw new StatementFileError([{ line, problem: describeError(error) }])
  }
}

function wireOf(channel: string, record: readonly string[]): unknown {
  const [statementId, line, kind, channelReference, reference, asset, amount, movedAt] = record
  const place = /^[1-9][0-9]{0,8}$/.test(line ?? '') ? Number(line) : line
  const named = { channel, statementId, line: place, kind, channelReference }
  return { ...named, reference, asset, amount, movedAt }
}

const problemsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${columnOf(path[0])}: ${message}`).join('; ')

/** What the channel calls a movement is its id, to the channel. */
const columnOf = (field: PropertyKey | undefined): string =>
  field === 'channelReference' ? 'id' : String(field)

function lineOf(told: z.output<typeof statementLine>): Line {
  const { kind, amount, movedAt, ...rest } = told
  return { ...rest, kind, amount: signedAmount(kind, amount), movedAt: new Date(movedAt) }
}

/** A statement can't be imported. Nothing of it was. */
export class StatementFileError extends AppError {
  readonly code = 'RECONCILIATION_STATEMENT_FILE'

  constructor(problems: readonly CsvProblem[]) {
    const listed = problems
      .slice(0, LISTED_MAX)
      .map(({ line, problem }) => `Line ${line}: ${problem}.`)
    const more = problems.length - listed.length
    super(
      `The statement was not imported. ${listed.join(' ')}${more > 0 ? ` And ${more} more.` : ''}`,
      { retry: 'never', details: { problems: problems.slice(0, LISTED_MAX) } },
    )
  }
}
