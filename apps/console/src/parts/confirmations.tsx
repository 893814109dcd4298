import { useTexts } from '../i18n/texts.ts'
import { Meter } from './meter.tsx'

type Props = { count: number; needed: number | undefined; status: string }

const DONE = new Set(['final', 'credited'])

/** How far a deposit is from being final; what is final needs no more, however deep it is. */
export function Confirmations({ count, needed, status }: Props) {
  const { t } = useTexts()
  if (status !== 'seen') {
    const text = DONE.has(status) ? `${count}` : '–'
    return <span className="soft">{text}</span>
  }
  if (needed === undefined) return <span>{count}</span>
  const text = t('deposits.confirmationsOf', { count: Math.min(count, needed), needed })
  return (
    <span className="confirmations">
      <Meter part={count / needed} label={t('field.confirmations')} text={text} />
      {text}
    </span>
  )
}
