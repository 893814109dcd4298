import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { onFailure } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Failure } from './states.tsx'

type Props = {
  title: string
  /** What its button says. */
  action: string
  isDanger?: boolean
  onClose: () => void
  /** Closes when it is done; what it throws is shown. */
  onSubmit: () => Promise<unknown>
  children: ReactNode
}

/** Asks before something is done. The rest of the page is out of reach meanwhile. */
export function Sheet({ title, action, isDanger = false, onClose, onSubmit, children }: Props) {
  const { t } = useTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  useEffect(() => dialog.current?.showModal(), [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit()
      onClose()
    } catch (thrown) {
      setError(thrown)
      onFailure(thrown)
    } finally {
      setBusy(false)
    }
  }

  return (
    <dialog className="sheet" ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form className="inner" onSubmit={(event) => void submit(event)}>
        <h2 id={heading}>{title}</h2>
        {children}
        {error === undefined ? null : <Failure error={error} />}
        <div className="ends">
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button
            type="submit"
            className={isDanger ? 'button danger' : 'button primary'}
            disabled={isBusy}
          >
            {action}
          </button>
        </div>
      </form>
    </dialog>
  )
}
