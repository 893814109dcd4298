import type { Mutation } from './mutation.ts'

const proofs = 'libs/deposits/src/adapters/postgres-balance-proofs.ts'
const prove = 'libs/deposits/src/usecases/prove-balances.ts'
const judge = 'libs/deposits/src/usecases/judge-balances.ts'
const quarantine = 'libs/deposits/src/usecases/quarantine-contradicted.ts'
const quarantineTests = ['libs/deposits/src/usecases/quarantine-contradicted.test.ts']
const storeTests = ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts']
const proveTests = ['libs/deposits/src/usecases/prove-balances.test.ts']

/** Bugs in how balances are held against deposits, and against what tokens say. */
export const balanceMutations: readonly Mutation[] = [
  {
    name: 'a balance that is more than deposits explain is taken for what was sent',
    file: 'libs/deposits/src/domain/balance-proof.ts',
    find: 'return excess > 0n ? excess : 0n',
    replace: 'return 0n',
    tests: proveTests,
  },
  {
    name: 'what was sent hides what was missed',
    file: judge,
    find: 'if (unexplained({ ...balance, sent }) === 0n) return undefined',
    replace: 'if (unexplained({ ...balance, sent: null }) === 0n) return undefined',
    tests: proveTests,
  },
  {
    name: 'the proof moves on though the state was gone',
    file: prove,
    find: 'await store.recordProof({ to, proven: [], differences: [], skip: skipped })',
    replace: `const provenTo = to.number
    await store.recordProof({ to, proven: [], differences: [], skip: skipped, provenTo })`,
    tests: proveTests,
  },
  {
    name: 'balances are proven of blocks whose deposits are owed',
    file: prove,
    find: 'const height = owedFrom !== null && owedFrom <= final ? owedFrom - 1n : final',
    replace: 'const height = owedFrom === -1n ? 0n : final',
    tests: proveTests,
  },
  {
    name: 'the proof of a branch that left the chain counts',
    file: proofs,
    find: 'case when anchor.hash is not null then proven.balance end as balance',
    replace: 'proven.balance as balance',
    tests: storeTests,
  },
  {
    name: 'a deposit that moved nothing explains a balance',
    file: proofs,
    find: "and not (deposit.status = 'rejected' and deposit.reason in (${sql.join(",
    replace: "and not (deposit.status = 'seen' and deposit.reason in (${sql.join(",
    tests: storeTests,
  },
  {
    name: 'a token that moved more than it logged is believed',
    file: quarantine,
    find: 'if (gains[index] !== told) lying.add(holding.asset)',
    replace: 'if ((gains[index] ?? -1n) < told) lying.add(holding.asset)',
    tests: quarantineTests,
  },
  {
    name: 'a token that does not tell what it holds is believed',
    file: quarantine,
    find: 'if (gains[index] !== told) lying.add(holding.asset)',
    replace: 'if ((gains[index] ?? told) !== told) lying.add(holding.asset)',
    tests: quarantineTests,
  },
  {
    name: 'only the receiver that was lied to is put aside',
    file: quarantine,
    find: 'return transfers.filter(({ asset }) => lying.has(asset))',
    replace: `return transfers.filter(({ asset, to }) => {
      const place = holdings.findIndex((each) => each.asset === asset && each.holder === to)
      return lying.has(asset) && gains[place] === 0n
    })`,
    tests: quarantineTests,
  },
  {
    name: 'what a receiver sent counts as a lie of its token',
    file: quarantine,
    find: 'receivedAmount(block, holding) - sentAmount(block, holding)',
    replace: 'receivedAmount(block, holding)',
    tests: quarantineTests,
  },
  {
    name: 'a token that its operator has halted is credited',
    file: 'libs/deposits/src/usecases/halt-changed-tokens.ts',
    find: 'stopped.has(transfer.asset) ?',
    replace: "stopped.has(transfer.asset) && transfer.asset === '' ?",
    tests: ['libs/deposits/src/usecases/halt-changed-tokens.test.ts'],
  },
  {
    name: 'a node that has no answer is taken for a token that does not tell',
    file: 'libs/deposits/src/adapters/token-gains.ts',
    find: 'if (answer === undefined) return null',
    replace: 'if (answer === undefined || answer === null) return null',
    tests: ['libs/deposits/src/adapters/json-rpc-balances.test.ts'],
  },
  {
    name: 'a proof on a branch that is gone stands for what came instead',
    file: 'libs/deposits/src/adapters/postgres-balance-proofs.ts',
    find: 'and anchor.hash = proven.block_hash and anchor.orphaned_at is null)\n          where',
    replace: 'and anchor.hash = proven.block_hash)\n          where',
    tests: ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts'],
  },
]
