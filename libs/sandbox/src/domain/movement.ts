export type MovementKind = 'payment' | 'refund' | 'chargeback'

/** A line of a statement. */
export type Movement = {
  day: string
  line: number
  kind: MovementKind
  id: string
  reference: string
  asset: string
  amount: bigint
  movedAt: Date
}

const COLUMNS = [
  'statementId',
  'line',
  'kind',
  'id',
  'reference',
  'asset',
  'amount',
  'movedAt',
] as const

const fieldsOf = ({ day, amount, movedAt, ...rest }: Movement) => ({
  ...rest,
  statementId: day,
  amount: `${amount}`,
  movedAt: movedAt.toISOString(),
})

/** A statement as one JSON object a line. */
export const statementJsonLines = (movements: readonly Movement[]): string =>
  movements.map((each) => `${JSON.stringify(fieldsOf(each))}\n`).join('')

/** A statement as CSV by RFC 4180, with a header. */
export function statementCsv(movements: readonly Movement[]): string {
  const rows = movements.map(fieldsOf).map((fields) => COLUMNS.map((name) => `${fields[name]}`))
  return [[...COLUMNS], ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')
}

const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
