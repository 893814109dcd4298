import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import { shownAmount } from '../domain/asset-display.ts'
import { reportTotals } from '../domain/report-totals.ts'
import { safeCell } from '../domain/safe-cell.ts'
import type { SettlementReport } from '../ports.ts'

const COLUMNS = [
  ...['kind', 'happened_at', 'code', 'reference', 'payment'],
  ...['asset', 'symbol', 'amount', 'amount_units'],
]

/** A table of the lines and then of the totals, written as it is read. */
export const csvReport: SettlementReport = (report) => Readable.from(rows(report))

async function* rows({ settlement, shown, lines }: Parameters<SettlementReport>[0]) {
  const { asset, completedAt } = settlement
  const money = (amount: bigint) => [
    ...[asset, shown.symbol, shownAmount(amount, shown), amount.toString()],
  ]
  yield row(COLUMNS)
  for await (const { eventAt, code, reference, payment = '', amount } of lines) {
    yield row(['line', eventAt.toISOString(), code, reference, payment, ...money(amount)])
  }
  for (const { name, amount } of reportTotals(settlement)) {
    const kind = name.toLowerCase().replace(' ', '_')
    const reference = `settlement:${settlement.id}`
    yield row([kind, completedAt.toISOString(), 'settlement', reference, '', ...money(amount)])
  }
}

const row = (cells: readonly string[]): string =>
  stringify([cells.map(safeCell)], { record_delimiter: 'windows' })
