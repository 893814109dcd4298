import { useTexts } from './i18n/texts.ts'
import { Note } from './parts/states.tsx'

export function NotFound() {
  const { t } = useTexts()
  return <Note title={t('app.notFound')} />
}
