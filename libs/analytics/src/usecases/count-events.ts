import type { ReadEvent } from '@coffer/events/event'
import { crashPoint } from '@coffer/runtime/crash-point'
import { type Fact, isNewer, type MerchantName } from '../domain/fact.ts'
import { factOf } from '../domain/fact-of.ts'
import type { Statistics } from '../ports.ts'

/**
 * Counts what events say, in whatever order and however often they come: of each noun its newest
 * event counts, once. Answers how many changed what is counted.
 */
export const countEvents =
  (statistics: Statistics) =>
  async (events: readonly ReadEvent[]): Promise<number> => {
    const facts = newest(events.flatMap((event) => factOf(event) ?? []))
    const names = events.flatMap(nameIn)
    if (facts.length + names.length === 0) return 0
    const counted = await statistics.count(facts, names)
    crashPoint('analytics.after-commit')
    return counted
  }

function newest(facts: readonly Fact[]): Fact[] {
  const byNoun = new Map<string, Fact>()
  for (const fact of facts) {
    const known = byNoun.get(fact.noun)
    if (known === undefined || isNewer(fact, known)) byNoun.set(fact.noun, fact)
  }
  return [...byNoun.values()]
}

function nameIn({ type, data }: ReadEvent): MerchantName[] {
  if (type !== 'merchant.created' && type !== 'merchant.updated') return []
  const { merchantId: id, version, name } = data
  return [{ id, version, name }]
}
