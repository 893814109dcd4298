import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useAccess } from './access.ts'
import { useTexts } from './i18n/texts.ts'
import { NavigationBar } from './navigation.tsx'
import { SignIn } from './sign-in.tsx'
import mark from './styles/mark.svg'

/** What stands around every page; without anybody signed in, only the way in. */
export function Shell() {
  const { t } = useTexts()
  const access = useAccess()
  const [isOpen, setOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })

  // Who follows a link by keyboard or ear goes on at the new page, not behind the old link.
  const known = useRef(path)
  useEffect(() => {
    if (known.current === path) return
    known.current = path
    setOpen(false)
    main.current?.focus({ preventScroll: true })
  }, [path])

  if (access === undefined) return <SignIn />
  return (
    <div className="shell">
      <a className="button skip" href="#content">
        {t('app.skip')}
      </a>
      <div className="top-bar">
        <a className="brand" href="/console/">
          <img src={mark} alt="" />
          {t('app.name')}
        </a>
        <button
          type="button"
          className="button"
          aria-expanded={isOpen}
          aria-controls="side"
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'app.close' : 'app.menu')}
        </button>
      </div>
      <NavigationBar isOpen={isOpen} onClose={() => setOpen(false)} />
      <main className="main" id="content" tabIndex={-1} ref={main}>
        <Outlet />
      </main>
    </div>
  )
}
