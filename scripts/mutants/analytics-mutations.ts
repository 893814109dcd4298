import type { Mutation } from './mutation.ts'

const statistics = 'libs/analytics/src/adapters/postgres-statistics.ts'
const stored = ['libs/analytics/src/adapters/postgres-statistics.integration.test.ts']
const shadow = ['libs/analytics/src/adapters/postgres-statistics-shadow.integration.test.ts']
const counted = ['libs/analytics/src/usecases/count-events.test.ts']

/** Bugs in what is counted. */
export const analyticsMutations: readonly Mutation[] = [
  {
    name: 'what is late is counted in place of what is newer',
    file: statistics,
    find: `        where (fact.version, fact.event_id collate "C")
          < (excluded.version, excluded.event_id collate "C")`,
    replace: '        where true',
    tests: stored,
  },
  {
    name: 'what a newer event replaces stays in the totals',
    file: statistics,
    find: "coalesce(before, '[]')",
    replace: "(case when before is null then '[]' else '[]' end)::jsonb",
    tests: stored,
  },
  {
    name: 'of a batch that tells of a noun twice the last one counts, and not the newest',
    file: 'libs/analytics/src/usecases/count-events.ts',
    find: 'if (known === undefined || isNewer(fact, known))',
    replace: 'if (known !== fact)',
    tests: counted,
  },
  {
    name: 'a deposit that was confirmed once more is taken for older than its reversal',
    file: 'libs/analytics/src/domain/fact-of.ts',
    find: 'version: 2 * revision + (isReversed ? 1 : 0),',
    replace: 'version: 2 + (isReversed ? 1 : 0),',
    tests: counted,
  },
  {
    name: 'the totals are believed without being added up',
    file: 'libs/analytics/src/adapters/postgres-statistics-shadow.ts',
    find: 'for (const query of [factsDiffer(beganAt), totalsDiffer]) {',
    replace: 'for (const query of [factsDiffer(beganAt)]) {',
    tests: shadow,
  },
]
