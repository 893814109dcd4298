import type { Coffer } from '@coffer/cli/start-coffer'

export type Answer = { status: number; body: Record<string, unknown> }

/** Calls the API and answers whatever it says, refusals too. */
export type Call = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  key?: string,
) => Promise<Answer>

export const callsTo =
  ({ apiUrl, apiKey }: Pick<Coffer, 'apiUrl' | 'apiKey'>): Call =>
  async (method, path, body, key) => {
    const response = await fetch(new URL(path, apiUrl), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

/** The body of an answer that must be a good one. */
export async function good<Body>(answer: Promise<Answer>): Promise<Body> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`Status ${status}: ${JSON.stringify(body)}`)
  return body as Body
}

/** Everything that a route lists, page by page. */
export async function listed<Item>(call: Call, path: string): Promise<Item[]> {
  const items: Item[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: { items: Item[]; nextCursor: string | null } = await good(
      call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200${next && `&cursor=${next}`}`),
    )
    items.push(...page.items)
    next = page.nextCursor
  }
  return items
}

/** Does `work` for all of `items`, so many at once; answers in their order. */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item, place: number) => Promise<Result>,
  width = 64,
): Promise<Result[]> {
  const results: Result[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [place, item] of left) results[place] = await work(item, place)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
