import type { Coffer } from '../start-coffer.ts'

/** How many repeated events the account service `name` has recognised and dropped. */
export async function dropped(coffer: Coffer, name: string): Promise<number> {
  const response = await fetch(`${coffer.healthUrl(name)}/metrics`)
  const text = await response.text()
  return Number(/^coffer_ledger_duplicates_total(?:\{.*\})? ([0-9]+)/m.exec(text)?.[1] ?? 0)
}
