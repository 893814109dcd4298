import { useTexts } from '../i18n/texts.ts'

/** A moment in the reader's own time zone; the exact one is its title. */
export function When({ at }: { at: string | null | undefined }) {
  const { language } = useTexts()
  if (at === null || at === undefined) return <span className="soft">–</span>
  return (
    <time dateTime={at} title={at}>
      {formatOf(language).format(new Date(at))}
    </time>
  )
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(language: string): Intl.DateTimeFormat {
  const known = formats.get(language)
  if (known) return known
  const made = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
  })
  formats.set(language, made)
  return made
}
