import { statusText, useTexts } from '../i18n/texts.ts'
import { Choice } from './field.tsx'

type StatusChoiceProps<Status extends string> = {
  /** What there is to choose from, beside all. */
  of: readonly Status[]
  value: Status | ''
  onChange: (value: Status | '') => void
}

/** Which status a list shows; the empty one is all. */
export function StatusChoice<Status extends string>(props: StatusChoiceProps<Status>) {
  const texts = useTexts()
  const { of, value, onChange } = props
  const statuses = of.map((each) => ({ value: each, text: statusText(texts, each) }))
  return (
    <Choice<Status | ''>
      label={texts.t('field.status')}
      value={value}
      onChange={onChange}
      options={[{ value: '', text: texts.t('app.all') }, ...statuses]}
    />
  )
}
