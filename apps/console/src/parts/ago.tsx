import { useTexts } from '../i18n/texts.ts'

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400

/** How long ago a moment was, which is its point where something should be of now. */
export function Ago({ at }: { at: string | null }) {
  const { language } = useTexts()
  if (at === null) return <span className="soft">–</span>
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1_000))
  const format = new Intl.RelativeTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    ...{ style: 'short', numeric: 'always' },
  })
  return (
    <time dateTime={at} title={at}>
      {format.format(...partsOf(seconds))}
    </time>
  )
}

function partsOf(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  if (seconds < MINUTE) return [-seconds, 'second']
  if (seconds < HOUR) return [-Math.floor(seconds / MINUTE), 'minute']
  return seconds < DAY ? [-Math.floor(seconds / HOUR), 'hour'] : [-Math.floor(seconds / DAY), 'day']
}
