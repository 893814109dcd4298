import type { paths } from '@coffer/client/api'
import { ApiProblem } from '@coffer/client/api-problem'
import { answerOf, cofferClient } from '@coffer/client/coffer-client'
import { useEffect, useState } from 'react'

export type Checkout =
  paths['/v1/checkout/{id}']['get']['responses'][200]['content']['application/json']

export type Seen = {
  checkout: Checkout | undefined
  /** How far the server's clock is ahead of this one. */
  aheadMs: number
  state: 'loading' | 'live' | 'lost' | 'unknown'
}

/** How often the payment is looked at. */
const LOOK_MS = 2_000

const api = cofferClient({ baseUrl: location.origin })

/** A payment as it is now, looked at again and again while the page is. */
export function useCheckout(id: string): Seen {
  const [seen, setSeen] = useState<Seen>({ checkout: undefined, aheadMs: 0, state: 'loading' })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isGone = false
    const look = async () => {
      const next = await read(id)
      if (isGone) return
      setSeen((before) => ({ ...before, ...next }))
      if (next.state !== 'unknown') timer = setTimeout(() => void look(), LOOK_MS)
    }
    void look()
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [id])
  return seen
}

async function read(id: string): Promise<Partial<Seen> & Pick<Seen, 'state'>> {
  try {
    const checkout = await answerOf(api.GET('/v1/checkout/{id}', { params: { path: { id } } }))
    return { checkout, aheadMs: Date.parse(checkout.now) - Date.now(), state: 'live' }
  } catch (error) {
    const isUnknown = error instanceof ApiProblem && error.problem.status < 429
    return { state: isUnknown ? 'unknown' : 'lost' }
  }
}
