import { type Fact, isNewer, type Line, type MerchantName } from '../domain/fact.ts'
import type { Statistics } from '../ports.ts'

/** What lines add up to, by all that they are counted by; without what comes to nothing. */
export type Sums = Record<string, { count: number; amount: bigint; fee: bigint; tookMs: bigint }>

/** Statistics in memory: nothing but the facts, which are added up when somebody asks. */
export function memoryStatistics() {
  const facts = new Map<string, Fact>()
  const names = new Map<string, MerchantName>()
  const statistics: Statistics = {
    async count(told, called) {
      let counted = 0
      for (const fact of told) {
        const known = facts.get(fact.noun)
        if (known && !isNewer(fact, known)) continue
        facts.set(fact.noun, fact)
        counted += 1
      }
      for (const each of called) {
        if ((names.get(each.id)?.version ?? 0) < each.version) names.set(each.id, each)
      }
      return counted
    },
  }
  return {
    statistics,
    sums: async () => sumsOf([...facts.values()].flatMap(({ lines }) => lines)),
    nameOf: async (id: string) => names.get(id)?.name,
  }
}

export function sumsOf(lines: readonly Line[]): Sums {
  const sums: Sums = {}
  for (const { amount, fee, tookMs, ...key } of lines) {
    const name = sumKey(key)
    const sum = sums[name] ?? { count: 0, amount: 0n, fee: 0n, tookMs: 0n }
    sums[name] = {
      count: sum.count + 1,
      amount: sum.amount + amount,
      fee: sum.fee + fee,
      tookMs: sum.tookMs + tookMs,
    }
  }
  return sums
}

/** What a sum is called. */
export const sumKey = (key: Omit<Line, 'amount' | 'fee' | 'tookMs'>): string =>
  [key.hour, key.measure, key.asset, key.chain, key.channel, key.merchant].join(' ')
