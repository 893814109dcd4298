import { Link } from '@tanstack/react-router'
import { shortened } from './hash.tsx'

/** An owner by its id. What is nobody's is the system's. */
export function OwnerLink({ id }: { id: string }) {
  if (id === 'system') return <span>system</span>
  return (
    <Link to="/owners/$id" params={{ id }} className="mono" title={id}>
      {shortened(id)}
    </Link>
  )
}
