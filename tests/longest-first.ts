import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take half a minute or more, the longest first. */
const LONGEST = [
  ...['month', 'outages', 'ending', 'crash', 'demo', 'messaging', 'cli', 'rebuild', 'invariants'],
  ...['identity', 'platform', 'lanes'],
].map((name) => `/tests/e2e/${name}.e2e.test.ts`)

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
