import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { signOut, useAccess } from './access.ts'
import type { TextKey } from './i18n/english.ts'
import { chooseLanguage, useTexts } from './i18n/texts.ts'
import mark from './styles/mark.svg'
import { chooseTheme, THEMES, useTheme } from './theme.ts'

type Place = { to: string; name: TextKey }

/** Every page that is gone to by name. */
const GROUPS: readonly { name: TextKey; places: readonly Place[] }[] = [
  {
    name: 'nav.chain',
    places: [
      { to: '/chains', name: 'nav.chains' },
      { to: '/deposits', name: 'nav.deposits' },
    ],
  },
  {
    name: 'nav.money',
    places: [
      { to: '/owners', name: 'nav.owners' },
      { to: '/ledger', name: 'nav.ledger' },
      { to: '/withdrawals', name: 'nav.withdrawals' },
    ],
  },
  {
    name: 'nav.trade',
    places: [
      { to: '/merchants', name: 'nav.merchants' },
      { to: '/orders', name: 'nav.orders' },
      { to: '/payments', name: 'nav.payments' },
      { to: '/settlements', name: 'nav.settlements' },
      { to: '/webhooks', name: 'nav.webhooks' },
    ],
  },
  {
    name: 'nav.operate',
    places: [
      { to: '/analytics', name: 'nav.analytics' },
      { to: '/reconciliation', name: 'nav.reconciliation' },
      { to: '/dead-letters', name: 'nav.deadLetters' },
    ],
  },
]

type Props = { isOpen: boolean; onClose: () => void }

export function NavigationBar({ isOpen, onClose }: Props) {
  const { t } = useTexts()
  return (
    <aside
      className="side"
      id="side"
      data-open={isOpen}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <a className="brand" href="/console/">
        <img src={mark} alt="" />
        {t('app.name')}
      </a>
      <nav aria-label={t('app.navigation')}>
        {GROUPS.map(({ name, places }) => (
          <div className="nav-group" key={name}>
            <h2>{t(name)}</h2>
            <ul>
              {places.map((place) => (
                <li key={place.to}>
                  <Link to={place.to}>{t(place.name)}</Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <Foot />
    </aside>
  )
}

function Foot() {
  const { t } = useTexts()
  const access = useAccess()
  const queries = useQueryClient()
  const leave = () => {
    queries.clear()
    void signOut()
  }
  return (
    <div className="side-foot">
      {access?.holder === undefined ? null : <span className="holder">{access.holder}</span>}
      <Switches />
      <div>
        <button type="button" className="button" onClick={leave}>
          {t('app.signOut')}
        </button>
      </div>
    </div>
  )
}

/** Colours and language, which are for whoever is not signed in too. */
export function Switches() {
  const { t, language } = useTexts()
  const theme = useTheme()
  const next = language === 'en' ? 'zh' : 'en'
  return (
    <>
      <div className="field">
        <label htmlFor="theme">{t('app.theme')}</label>
        <select
          id="theme"
          value={theme}
          onChange={({ target }) => {
            const chosen = THEMES.find((each) => each === target.value)
            if (chosen) chooseTheme(chosen)
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {t(`app.theme.${each}`)}
            </option>
          ))}
        </select>
      </div>
      <div>
        <button
          type="button"
          className="button"
          lang={next === 'zh' ? 'zh-Hans' : 'en'}
          onClick={() => void chooseLanguage(next)}
        >
          {t('app.language')}
        </button>
      </div>
    </>
  )
}
