import { type FormEvent, useState } from 'react'
import { signIn } from './access.ts'
import type { TextKey } from './i18n/english.ts'
import { useTexts } from './i18n/texts.ts'
import { Switches } from './navigation.tsx'
import mark from './styles/mark.svg'

/** The way in. The key is given to the API and forgotten. */
export function SignIn() {
  const { t } = useTexts()
  const [key, setKey] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<TextKey>()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(undefined)
    try {
      if (!(await signIn(key.trim()))) setFailure('signIn.refused')
    } catch {
      setFailure('signIn.failed')
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <span className="brand">
          <img src={mark} alt="" />
          {t('app.name')}
        </span>
        <h1>{t('signIn.title')}</h1>
        <p className="soft">{t('signIn.hint')}</p>
        <div className="field">
          <label htmlFor="key">{t('signIn.key')}</label>
          <input
            id="key"
            type="password"
            autoComplete="off"
            required
            value={key}
            onChange={({ target }) => setKey(target.value)}
            aria-describedby="failure"
          />
        </div>
        <div id="failure" aria-live="polite">
          {failure === undefined ? null : <p className="problem">{t(failure)}</p>}
        </div>
        <button type="submit" className="button primary" disabled={isBusy}>
          {t('signIn.do')}
        </button>
        <Switches />
      </form>
    </main>
  )
}
