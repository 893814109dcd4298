import type { ReactNode } from 'react'

type Props = { title?: string; actions?: ReactNode; isPadded?: boolean; children: ReactNode }

/** A surface with a title. Tables go to its edges, other things stay off them. */
export function Card({ title, actions, isPadded = false, children }: Props) {
  return (
    <section className="card">
      {title === undefined ? null : (
        <header>
          <h2>{title}</h2>
          {actions}
        </header>
      )}
      {isPadded ? <div className="body">{children}</div> : children}
    </section>
  )
}
