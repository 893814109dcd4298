import { useState } from 'react'
import { t } from './texts.ts'

/** Puts `text` on the clipboard, and says so. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <button
      type="button"
      className="button plain"
      aria-label={t('copyWhat', { what })}
      onClick={() => void copy()}
    >
      <span aria-live="polite">{t(isCopied ? 'copied' : 'copy')}</span>
    </button>
  )
}
