import { useTexts } from '../i18n/texts.ts'

/** A moment in the reader's own time zone; the exact one is its title. */
export function When({ at }: { at: string | null | undefined }) {
  const { language } = useTexts()
  if (at === null || at === undefined) return <span className="soft">–</span>
  return (
    <time dateTime={at} title={at}>
      {formatOf(language, new Date(at)).format(new Date(at))}
    </time>
  )
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The year is said where it is another. */
function formatOf(language: string, at: Date): Intl.DateTimeFormat {
  const isThisYear = at.getFullYear() === new Date().getFullYear()
  const key = `${language} ${isThisYear}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    ...(isThisYear ? {} : { year: 'numeric' }),
    ...{ day: 'numeric', month: 'short' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  })
  formats.set(key, made)
  return made
}
