import type { Mutation } from './mutation.ts'

const telemetry = 'libs/telemetry/src'
const recorder = `${telemetry}/otlp-recorder.ts`
const recorderTests = [`${telemetry}/otlp-recorder.integration.test.ts`]
const secrets = `${telemetry}/without-secrets.ts`
const secretTests = [`${telemetry}/logger.test.ts`]
const conditions = 'apps/cli/src/status/alarm-conditions.ts'
const conditionTests = ['apps/cli/src/status/alarm-conditions.test.ts']
const nonces = 'libs/withdrawals/src/adapters/nonce-metrics.ts'
const nonceTests = ['libs/withdrawals/src/adapters/nonce-metrics.integration.test.ts']
const judge = 'apps/reconciliation/src/judge-bookings.ts'
const judgeTests = ['apps/reconciliation/src/judge-bookings.test.ts']
const watch = 'apps/reconciliation/src/watch-invariants.ts'
const watchTests = ['apps/reconciliation/src/watch-invariants.test.ts']
const checkTests = ['apps/reconciliation/src/invariant-checks.integration.test.ts']
const exitTests = ['apps/cli/src/exit-of-error.test.ts']
const counters = 'libs/ledger/src/adapters/check-counters.ts'
const counterTests = ['libs/ledger/src/adapters/check-counters.integration.test.ts']

/** Bugs by which whoever watches is shown too little, too much, or something else. */
export const observeMutations: readonly Mutation[] = [
  {
    name: 'the first span of a deposit has a name of its own that nobody else knows',
    file: recorder,
    find: 'if (isFirst) ids.give(of)',
    replace: 'if (isFirst) ids.give({ ...of, spanId: "0123456789abcdef" })',
    tests: recorderTests,
  },
  {
    name: 'what is done to many deposits is the parent of all',
    file: recorder,
    find: 'const parent = trace.setSpanContext(ROOT_CONTEXT, contextOf(of))',
    replace: 'const parent = trace.setSpan(ROOT_CONTEXT, together)',
    tests: recorderTests,
  },
  {
    name: 'a deposit that is not among those to be traced is traced',
    file: `${telemetry}/trace-place.ts`,
    find: '< share * 2 ** 32',
    replace: '>= share * 2 ** 32',
    tests: [`${telemetry}/trace-place.test.ts`],
  },
  {
    name: 'the cause of an error is logged as it is',
    file: secrets,
    find: '{ cause: withoutSecrets(cause, depth + 1) }',
    replace: '{ cause }',
    tests: secretTests,
  },
  {
    name: 'what a child of a logger always says is logged as it is',
    file: `${telemetry}/logger.ts`,
    find: 'to.child(fieldsWithoutSecrets(fields))',
    replace: 'to.child(fields)',
    tests: secretTests,
  },
  {
    name: 'an alarm on the difference of two metrics takes them of different chains',
    file: conditions,
    find: 'right.get(group)?.value',
    replace: '[...right.values()][0]?.value',
    tests: conditionTests,
  },
  {
    name: 'a nonce that was signed and that no node has is taken for one that a node has',
    file: nonces,
    find: 'where transaction_id = transaction.id and taken_at is not null',
    replace: 'where transaction_id = transaction.id',
    tests: nonceTests,
  },
  {
    name: 'a nonce that is gone below all that are open is no gap',
    file: nonces,
    find: 'coalesce(ended.nonce + 1, lowest) as first',
    replace: 'lowest as first',
    tests: nonceTests,
  },
  {
    name: 'a check that fails is taken for one that was made',
    file: watch,
    find: '    } catch (error) {\n',
    replace: '    } catch (error) {\n      looked(name)\n',
    tests: watchTests,
  },
  {
    name: 'an invariant that holds again is told as broken for ever',
    file: watch,
    find: 'found.set({ check: name, invariant }, count)',
    replace: 'if (count > 0) found.set({ check: name, invariant }, count)',
    tests: watchTests,
  },
  {
    name: 'what is credited and stored nowhere is not looked for',
    file: judge,
    find: 'credits > 0 && !known.has(id)',
    replace: 'credits > 1 && !known.has(id)',
    tests: judgeTests,
  },
  {
    name: 'a credit of another amount than came in is no violation',
    file: judge,
    find: 'if (net.amount !== wanted)',
    replace: 'if (net.amount > wanted)',
    tests: judgeTests,
  },
  {
    name: 'accounts behind the first page are not looked at',
    file: counters,
    find: '    after = last\n',
    replace: '    after = undefined\n',
    tests: counterTests,
  },
  {
    name: 'a block that is missing is not noticed',
    file: 'libs/deposits/src/adapters/check-blocks.ts',
    find: 'left join deposits.blocks below on',
    replace: 'join deposits.blocks below on',
    tests: checkTests,
  },
  {
    name: 'a withdrawal that two transactions paid is not noticed',
    file: 'libs/withdrawals/src/adapters/check-payouts.ts',
    find: 'having count(*) > 1',
    replace: 'having count(*) > 2',
    tests: checkTests,
  },
  {
    name: 'what was changed under the newest seals is not noticed',
    file: 'libs/ledger/src/adapters/check-seals.ts',
    find: '    wrong.push(...(await changedUnder(postgres, seal)))\n',
    replace: '',
    tests: checkTests,
  },
  {
    name: 'what the API has not ends a command like what it refuses',
    file: 'apps/cli/src/exit-of-error.ts',
    find: "if (status === 404) return 'missing'",
    replace: '',
    tests: exitTests,
  },
  {
    name: 'a database that is away ends a command like a bug',
    file: 'apps/cli/src/exit-of-error.ts',
    find: '[cause, ...tries].flatMap(causesOf)',
    replace: '[cause].flatMap(causesOf)',
    tests: exitTests,
  },
]
