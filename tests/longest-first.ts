import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes a quarter of a minute or more, the longest first. */
const LONGEST = [
  ...[
    ...['libs/messaging/src/outage', 'libs/messaging/src/adapters/kafka-consumer'],
    ...['libs/messaging/src/adapters/platformatic-consumer', 'tests/hazards/lying-nodes'],
    ...['apps/accounts/src/main', 'apps/notifications/src/main', 'tests/hazards/messages'],
    'libs/messaging/src/killed-member',
  ].map((path) => `/${path}.integration.test.ts`),
  ...[
    ...['outages', 'month', 'ending', 'crash', 'demo', 'platform', 'guides', 'lanes', 'cli'],
    ...['console', 'messaging', 'rebuild', 'identity', 'invariants'],
  ].map((name) => `/tests/e2e/${name}.e2e.test.ts`),
]

/**
 * Begins with the files that take longest: one that came last would run on alone, on one of two
 * processors. Vitest's own order knows how long each took only where it has run before.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(path))
      return place === -1 ? LONGEST.length : place
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
