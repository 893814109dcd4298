import { useState } from 'react'
import { useTexts } from '../i18n/texts.ts'

/** Puts `text` on the clipboard, and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { t } = useTexts()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <button
      type="button"
      className="copy"
      aria-label={t('app.copy', { what })}
      title={t('app.copy', { what })}
      onClick={() => void copy()}
    >
      <svg width="13" height="13" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        {isCopied ? (
          <path d="m3 8.500 3.500 3.500L13 4.500" stroke="currentColor" strokeWidth="1.800" />
        ) : (
          <path
            d="M5.500 5.500v-3h8v8h-3m-8-5h8v8h-8z"
            stroke="currentColor"
            strokeWidth="1.300"
            strokeLinejoin="round"
          />
        )}
      </svg>
      <span className="hidden" aria-live="polite">
        {isCopied ? t('app.copied') : ''}
      </span>
    </button>
  )
}
