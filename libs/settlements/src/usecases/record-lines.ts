import type { TransactionCreated } from '@coffer/events/accounting-events'
import { linesOf, type SettlementLine, settleableAt } from '../domain/settlement-line.ts'
import type { SettlementTerms } from '../domain/settlement-terms.ts'
import type { SettlementRooms, TallyKey } from '../ports.ts'

export type RecordLinesOptions = {
  rooms: SettlementRooms
  defaults: Pick<SettlementTerms, 'holdBackDays'>
  now: () => Date
}

/**
 * Records what transactions of the ledger did to merchants' pending money, each once for ever,
 * whatever comes again and in whatever order. Answers what they may have made due.
 */
export const recordLines =
  ({ rooms, defaults, now }: RecordLinesOptions) =>
  async (transactions: readonly TransactionCreated[]): Promise<readonly TallyKey[]> => {
    const lines = transactions.flatMap(linesOf)
    const keys = distinct(lines)
    if (keys.length === 0) return []
    await rooms(async (room) => {
      await room.lock(keys)
      const settings = await room.settingsOf([...new Set(keys.map((key) => key.merchantId))])
      const daysOf = ({ merchantId }: TallyKey) =>
        settings.get(merchantId)?.holdBackDays ?? defaults.holdBackDays
      const lasts = new Map(await room.lastOfPayments(lines.filter(({ amount }) => amount < 0n)))
      const maturing = lines.map((line) => {
        const { payment = '' } = line
        const takenFromAt = lasts.get(payment)
        const at = settleableAt(line, { holdBackDays: daysOf(line), takenFromAt })
        if (line.amount > 0n && (takenFromAt === undefined || at > takenFromAt)) {
          lasts.set(payment, at)
        }
        return { ...line, settleableAt: at }
      })
      await room.record(maturing, now())
    })
    return keys
  }

/** Each key once. */
function distinct(lines: readonly SettlementLine[]): TallyKey[] {
  const keys = new Map<string, TallyKey>()
  for (const { merchantId, asset } of lines) {
    keys.set(`${merchantId} ${asset}`, { merchantId, asset })
  }
  return [...keys.values()]
}
