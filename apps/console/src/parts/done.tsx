/** Says that something is done, to those who listen too. */
export function Done({ children }: { children: string | undefined }) {
  return (
    <div role="status">{children === undefined ? null : <p className="done">{children}</p>}</div>
  )
}
