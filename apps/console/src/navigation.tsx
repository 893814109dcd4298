import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { signOut, useMay, useSession } from './access.ts'
import type { TextKey } from './i18n/english.ts'
import { chooseLanguage, useTexts } from './i18n/texts.ts'
import mark from './styles/mark.svg'
import { chooseTheme, THEMES, useTheme } from './theme.ts'

type Place = { to: string; name: TextKey; scope: string }

/** Every page that is gone to by name, and what one must be allowed to see there. */
const GROUPS: readonly { name?: TextKey; places: readonly Place[] }[] = [
  { places: [{ to: '/overview', name: 'nav.overview', scope: 'deposits:read' }] },
  {
    name: 'nav.chain',
    places: [
      { to: '/chains', name: 'nav.chains', scope: 'chains:read' },
      { to: '/deposits', name: 'nav.deposits', scope: 'deposits:read' },
    ],
  },
  {
    name: 'nav.money',
    places: [
      { to: '/owners', name: 'nav.owners', scope: 'users:read' },
      { to: '/ledger', name: 'nav.ledger', scope: 'ledger:read' },
      { to: '/withdrawals', name: 'nav.withdrawals', scope: 'withdrawals:read' },
    ],
  },
  {
    name: 'nav.trade',
    places: [
      { to: '/merchants', name: 'nav.merchants', scope: 'merchants:read' },
      { to: '/orders', name: 'nav.orders', scope: 'payments:read' },
      { to: '/payments', name: 'nav.payments', scope: 'payments:read' },
      { to: '/settlements', name: 'nav.settlements', scope: 'settlements:read' },
      { to: '/webhooks', name: 'nav.webhooks', scope: 'webhooks:read' },
    ],
  },
  {
    name: 'nav.operate',
    places: [
      { to: '/analytics', name: 'nav.analytics', scope: 'analytics:read' },
      { to: '/reconciliation', name: 'nav.reconciliation', scope: 'reconciliation:read' },
      { to: '/dead-letters', name: 'nav.deadLetters', scope: 'letters:read' },
    ],
  },
  {
    name: 'nav.settings',
    places: [
      { to: '/keys', name: 'nav.keys', scope: 'keys:read' },
      { to: '/audit', name: 'nav.audit', scope: 'audit:read' },
    ],
  },
]

type Props = { isOpen: boolean; onClose: () => void }

export function NavigationBar({ isOpen, onClose }: Props) {
  const { t } = useTexts()
  const may = useMay()
  const groups = GROUPS.map(({ places, ...group }) => {
    return { ...group, places: places.filter(({ scope }) => may(scope)) }
  })
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
        {groups
          .filter(({ places }) => places.length > 0)
          .map(({ name, places }) => (
            <div className="nav-group" key={name ?? 'first'}>
              {name === undefined ? null : <h2>{t(name)}</h2>}
              <ul>
                {places.map((place) => (
                  <li key={place.to}>
                    <Link to={place.to}>{t(place.name)}</Link>
                  </li>
                ))}
                {name === 'nav.operate' ? (
                  <li>
                    <a href="/v1/notifications/preview" target="_blank" rel="noreferrer">
                      {t('nav.letters')}
                    </a>
                  </li>
                ) : null}
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
  const session = useSession()
  const queries = useQueryClient()
  const leave = () => {
    queries.clear()
    void signOut()
  }
  return (
    <div className="side-foot">
      <div className="ends">
        {session === undefined ? null : (
          <span className="holder" title={session.holder}>
            {session.holder}
            <small>{t(`role.${session.role}` as TextKey)}</small>
          </span>
        )}
        <button type="button" className="button" onClick={leave}>
          {t('app.signOut')}
        </button>
      </div>
      <Switches />
      <small>{t('app.times', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</small>
    </div>
  )
}

/** Colours and language, which are for whoever is not signed in too. */
export function Switches() {
  const { t, language } = useTexts()
  const theme = useTheme()
  const next = language === 'en' ? 'zh' : 'en'
  return (
    <div className="switches">
      <select
        aria-label={t('app.theme')}
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
      <button
        type="button"
        className="button"
        lang={next === 'zh' ? 'zh-Hans' : 'en'}
        onClick={() => void chooseLanguage(next)}
      >
        {t('app.language')}
      </button>
    </div>
  )
}
