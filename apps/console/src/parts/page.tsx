import { type ReactNode, useEffect } from 'react'

type Props = {
  title: string
  hint?: string
  crumb?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page with its heading, which names the document too. */
export function Page({ title, hint, crumb, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Coffer`
  }, [title])
  return (
    <>
      <header className="page-head">
        <div>
          {crumb === undefined ? null : <span className="crumb">{crumb}</span>}
          <h1>{title}</h1>
          {hint === undefined ? null : <p>{hint}</p>}
        </div>
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </header>
      <div className="stack">{children}</div>
    </>
  )
}
