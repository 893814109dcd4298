import type { Mutation } from './mutation.ts'

const deposits = 'libs/deposits/src'
const rangeTests = [`${deposits}/usecases/audit-range.test.ts`]
const storeTests = [`${deposits}/adapters/postgres-scan-store.integration.test.ts`]

/** Bugs in the audit of final blocks, and in what is kept of gaps. */
export const auditMutations: readonly Mutation[] = [
  {
    name: 'the audit calls missing what a reorg took back while it was reading',
    file: `${deposits}/adapters/postgres-audits.ts`,
    find: 'if (stored.length > 0) throw new RescanMovedError(chain)',
    replace: 'if (stored.length < 0) throw new RescanMovedError(chain)',
    tests: storeTests,
  },
  {
    name: 'the audit calls missed what owes its traces again since it read',
    file: `${deposits}/adapters/postgres-audits.ts`,
    find: 'if (owed.length > 0) throw new RescanMovedError(chain)',
    replace: 'if (owed.length < 0) throw new RescanMovedError(chain)',
    tests: storeTests,
  },
  {
    name: 'the audit takes what a reorg orphaned for stored',
    file: `${deposits}/domain/compare-deposits.ts`,
    find: 'if (known?.isStanding) {',
    replace: 'if (known) {',
    tests: [`${deposits}/domain/compare-deposits.test.ts`],
  },
  {
    name: 'the audit calls missed what was paid before its address was registered',
    file: `${deposits}/domain/compare-deposits.ts`,
    find: "kind: late ? 'late' : 'missed'",
    replace: "kind: 'missed'",
    tests: rangeTests,
  },
  {
    name: 'one endpoint alone latches the chain',
    file: `${deposits}/usecases/audit-range.ts`,
    find: 'if (agreed === undefined) {',
    replace: 'if (agreed !== agreed) {',
    tests: rangeTests,
  },
  {
    name: 'the audit does not wait for the scan to follow a reorg',
    file: `${deposits}/usecases/audit-range.ts`,
    find: 'if (depth < BigInt(reorgDepthMax)) return false',
    replace: '',
    tests: rangeTests,
  },
  {
    name: 'the audit stays where it was when a reorg takes blocks back',
    file: `${deposits}/adapters/postgres-scan-store.ts`,
    find: 'audited_number = case when audited_number > ${number}::bigint',
    replace: 'audited_number = case when false',
    tests: storeTests,
  },
  {
    name: 'a chain of which nothing was audited counts as audited after a reorg',
    file: `${deposits}/adapters/postgres-scan-store.ts`,
    find: 'then ${number}::bigint else audited_number end`',
    replace: 'then ${number}::bigint else coalesce(audited_number, ${number}::bigint) end`',
    tests: storeTests,
  },
  {
    name: 'what is done in the middle of a gap closes all above it',
    file: `${deposits}/adapters/gap-rows.ts`,
    find: 'where from_block < ${from} and to_block > ${to})',
    replace: 'where false)',
    tests: storeTests,
  },
  {
    name: 'a gap outlives the blocks that a reorg took away',
    file: `${deposits}/adapters/postgres-scan-store.ts`,
    find: '  await cutGaps(tx, chain, ancestor)\n',
    replace: '',
    tests: storeTests,
  },
  {
    name: 'the scan follows one endpoint that runs away from the others',
    file: `${deposits}/adapters/audit-sources.ts`,
    find: 'scan: { ...scan, head: endpoints.head },',
    replace: 'scan: { ...scan, head: () => undefined },',
    tests: [`${deposits}/adapters/audit-sources.test.ts`],
  },
]
