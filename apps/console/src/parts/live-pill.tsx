import type { TextKey } from '../i18n/english.ts'
import { useTexts } from '../i18n/texts.ts'
import type { LiveState } from '../reads/use-live-deposits.ts'

const SAYS: Readonly<Record<LiveState, TextKey>> = {
  connecting: 'app.connecting',
  live: 'app.live',
  lost: 'app.lost',
}

/** Whether what is shown is of now. */
export function LivePill({ state }: { state: LiveState }) {
  const { t } = useTexts()
  return (
    <span className="live" data-state={state} role="status">
      {t(SAYS[state])}
    </span>
  )
}
