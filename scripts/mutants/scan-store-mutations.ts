import type { Mutation } from './mutation.ts'

const store = 'libs/deposits/src/adapters/postgres-scan-store.ts'
const rows = 'libs/deposits/src/adapters/deposit-rows.ts'
const storeTests = ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts']
const bookingsTests = ['libs/deposits/src/adapters/postgres-bookings.integration.test.ts']
const leaseTests = ['libs/deposits/src/adapters/scan-lease.integration.test.ts']

/** Bugs in how a scan is stored and published. */
export const scanStoreMutations: readonly Mutation[] = [
  {
    name: 'a failure that follows from the loss of the lease is told instead of that',
    file: 'libs/postgres/src/sent-together.ts',
    find: 'answers.find(',
    replace: 'answers.findLast(',
    tests: ['libs/postgres/src/sent-together.test.ts'],
  },
  {
    name: 'the checkpoint moves whatever it was before',
    file: store,
    find: "and checkpoint_hash is not distinct from decode(${from?.hash.slice(2) ?? null}, 'hex')",
    replace: "and ${from?.hash ?? ''}::text is not null",
    tests: storeTests,
  },
  {
    name: 'a commit under an older epoch of the lease is accepted',
    file: 'libs/deposits/src/adapters/scan-lease.ts',
    find: 'and lease_epoch = ${lease?.epoch ?? null}::bigint`',
    replace: 'and ${lease?.epoch ?? null}::bigint is not null`',
    tests: leaseTests,
  },
  {
    name: 'a lease is taken before it has run out',
    file: 'libs/deposits/src/adapters/scan-lease.ts',
    find: 'or lease_until < now())',
    replace: 'or lease_until < now() + ${ttl})',
    tests: leaseTests,
  },
  {
    name: 'deposits stay though their checkpoint was not committed',
    file: store,
    find: 'storeDeposits(tx, chain, { transfers, final, tiers })',
    replace: 'storeDeposits(postgres as never, chain, { transfers, final, tiers })',
    tests: leaseTests,
  },
  {
    name: 'deposits are published though their checkpoint was not committed',
    file: store,
    find: 'await enqueue(tx, confirmations(published))',
    replace: 'await enqueue(postgres as never, confirmations(published))',
    tests: leaseTests,
  },
  {
    name: 'what was seen before it was final is never published',
    file: store,
    find: '...stored.filter(isPublished), ...settled]',
    replace: '...stored.filter(isPublished)]',
    tests: storeTests,
  },
  {
    name: 'finality is taken back',
    file: store,
    find: 'final_number = greatest(final_number, ${final.toString()}::bigint),',
    replace: 'final_number = ${final.toString()}::bigint,',
    tests: storeTests,
  },
  {
    name: 'deposits of the block above the ancestor survive the reorg',
    file: store,
    find: 'sql`block_number > ${ancestor.number.toString()}`',
    replace: 'sql`block_number > ${(ancestor.number + 1n).toString()}`',
    tests: storeTests,
  },
  {
    name: 'a reversal is not published',
    file: store,
    find: "await enqueue(tx, reversals(published, 'reorg'))",
    replace: '',
    tests: storeTests,
  },
  {
    name: 'a reversal is published of what was never confirmed',
    file: store,
    find: 'return rows.filter((row) => isPublished(',
    replace: 'return rows.filter((row) => row || isPublished(',
    tests: storeTests,
  },
  {
    name: 'a credited deposit is not reversed',
    file: store,
    find: "status in ('seen', 'final', 'credited',",
    replace: "status in ('seen', 'final',",
    tests: bookingsTests,
  },
  {
    name: 'a block stays orphaned though the chain is back on it',
    file: 'libs/deposits/src/adapters/store-blocks.ts',
    find: 'do update set orphaned_at = null, scanned_at = now()`',
    replace: 'do nothing`',
    tests: storeTests,
  },
  {
    name: 'a deposit is confirmed again under its old revision',
    file: rows,
    find: 'revision = deposit.revision + excluded.revision',
    replace: 'revision = deposit.revision',
    tests: storeTests,
  },
  {
    name: 'a deposit that a reorg took back stays so in its new block',
    file: rows,
    find: "where deposit.status in ('orphaned', 'reversed')",
    replace: "where deposit.status = 'reversed'",
    tests: storeTests,
  },
  {
    name: 'what is published again has new ids',
    file: rows,
    find: 'id: depositReference({ depositId: idOf(row), revision: row.revision, kind }),',
    replace: 'id: crypto.randomUUID(),',
    tests: storeTests,
  },
  {
    name: 'a rescan stores blocks that are not on the stored chain',
    file: 'libs/deposits/src/adapters/postgres-rescans.ts',
    find: 'if (stored.length !== expected.length) throw',
    replace: 'if (stored.length > expected.length) throw',
    tests: storeTests,
  },
  {
    name: 'a rescan skips a block after each chunk',
    file: 'libs/deposits/src/adapters/postgres-rescans.ts',
    find: '(blocks.at(-1)?.number ?? -1n) + 1n',
    replace: '(blocks.at(-1)?.number ?? -1n) + 2n',
    tests: storeTests,
  },
  {
    name: 'a credit of an earlier revision marks the deposit',
    file: 'libs/deposits/src/adapters/postgres-bookings.ts',
    find: 'and deposit.revision = booking.revision',
    replace: '',
    tests: bookingsTests,
  },
]
