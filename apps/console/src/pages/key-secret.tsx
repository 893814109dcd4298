import { useTexts } from '../i18n/texts.ts'
import { Card } from '../parts/card.tsx'
import { CopyButton } from '../parts/copy-button.tsx'

type Props = { holder: string; secret: string; onStored: () => void }

/** A secret, this once: it is gone for good when it is put away. */
export function KeySecret({ holder, secret, onStored }: Props) {
  const { t } = useTexts()
  return (
    <Card title={t('keys.ofHolder', { holder })} isPadded>
      <div className="stack" role="status">
        <p>{t('keys.shownOnce')}</p>
        <p className="secret mono">
          {secret} <CopyButton text={secret} what={t('field.key')} />
        </p>
        <div>
          <button type="button" className="button" onClick={onStored}>
            {t('keys.stored')}
          </button>
        </div>
      </div>
    </Card>
  )
}
