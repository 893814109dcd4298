import { displayAmount } from '@coffer/money/display'
import { useMutation } from '@tanstack/react-query'
import { useTexts } from '../i18n/texts.ts'
import { Failure } from '../parts/states.tsx'
import { useAsset } from '../reads/use-assets.ts'
import { saveCsv } from './save-csv.ts'

/** A line of an account: an entry, or what was there before or after all of them. */
export type AccountLine = {
  recordedAt: string
  eventAt: string
  code: string
  reference: string
  /** In the smallest units, as the balance after it; `null` where there is none. */
  amount: string | null
  balance: string | null
}

type Props = {
  asset: string
  /** Of the file, before its ending. */
  nameOf: (symbol: string) => string
  read: () => Promise<readonly AccountLine[]>
}

/** A button that saves lines of an account as a table, amounts for people and for machines. */
export function EntriesDownload({ asset, nameOf, read }: Props) {
  const { t } = useTexts()
  const known = useAsset(asset)
  const shown = (units: string | null) =>
    units === null ? '' : displayAmount(BigInt(units), known?.decimals ?? 0)
  const download = useMutation({
    mutationFn: async () => {
      const rows = (await read()).map(({ amount, balance, ...line }) => ({
        ...{ recordedAt: line.recordedAt, eventAt: line.eventAt, code: line.code },
        ...{ reference: line.reference, amount: shown(amount), balance: shown(balance) },
        ...{ asset: known?.symbol ?? asset, amountUnits: amount, balanceUnits: balance },
      }))
      saveCsv(`${nameOf(known?.symbol ?? 'units')}.csv`, rows)
    },
  })
  return (
    <>
      {download.error ? <Failure error={download.error} /> : null}
      <button
        type="button"
        className="button"
        disabled={download.isPending}
        onClick={() => download.mutate()}
      >
        {t('ledger.download')}
      </button>
    </>
  )
}
