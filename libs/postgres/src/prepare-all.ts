import type { ClientBase } from 'pg'

/** Statements that get a name. Those of a pool that has so many more are not worth keeping. */
const NAMES_MAX = 200

type Asked = { text?: unknown; name?: unknown; values?: unknown }

/** Gives what `client` is asked from now on a name by its text, by which the server keeps it. */
export function prepareAll(client: ClientBase): void {
  const names = new Map<string, string>()
  const query = client.query.bind(client) as (...asked: unknown[]) => unknown
  const named = (asked: unknown): unknown => {
    if (typeof asked !== 'object' || asked === null) return asked
    const { text, name, ...rest } = asked as Asked
    // What submits itself, as COPY does, is more than its text.
    if (typeof text !== 'string' || name !== undefined || 'submit' in asked) return asked
    const known = names.get(text)
    if (known === undefined && names.size >= NAMES_MAX) return asked
    const given = known ?? `s${names.size}`
    names.set(text, given)
    return { ...rest, text, name: given }
  }
  const prepared = (asked: unknown, ...rest: unknown[]) => query(named(asked), ...rest)
  Object.assign(client, { query: prepared })
}
