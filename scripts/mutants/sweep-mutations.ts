import type { Mutation } from './mutation.ts'

const tests = ['libs/withdrawals/src/sweeps.integration.test.ts']

const forwarders = 'libs/wallets/src/usecases/verify-forwarders.ts'
const forwarderTests = ['libs/wallets/src/verified-forwarders.integration.test.ts']

/** Bugs that let sweeps cost more than they bring, or leave something behind. */
export const sweepMutations: readonly Mutation[] = [
  {
    name: 'dust of the coin is swept',
    file: 'libs/withdrawals/src/domain/sweep-settings.ts',
    find: 'value > WORTH_TIMES * cost',
    replace: 'value > 0n',
    tests,
  },
  {
    name: 'a token that nobody valued is swept',
    file: 'libs/withdrawals/src/usecases/plan-sweeps.ts',
    find: 'return least === undefined ? tokenOf(asset) === undefined : amount >= least',
    replace: 'return least === undefined || amount >= least',
    tests,
  },
  {
    name: 'what is under way does not count against the budget',
    file: 'libs/withdrawals/src/adapters/postgres-sweeps.ts',
    find: 'where made.chain = ${chain} and made.purpose not in',
    replace: "where made.chain = ${chain} and made.status <> 'open' and made.purpose not in",
    tests,
  },
  {
    name: 'what came while a sweep was under way is forgotten',
    file: 'libs/withdrawals/src/adapters/postgres-sweeps.ts',
    find: 'set transaction_id = null, tries',
    replace: "set chain = 'gone', tries",
    tests,
  },
  {
    name: 'an address of the HD wallet sends while gas is on its way to it',
    file: 'libs/withdrawals/src/adapters/postgres-sweeps.ts',
    find: "              or (made.purpose = 'top-up' and made.to_address = source.address)",
    replace: '              or false',
    tests,
  },
  {
    name: 'an address without code passes for a contract of ours',
    file: forwarders,
    find: "if (code === '0x') return 'there is no contract at this address'",
    replace: "if (code === '0x') return undefined",
    tests: forwarderTests,
  },
  {
    name: 'a contract that goes on behind our code passes for ours',
    file: forwarders,
    find: 'if (masked !== forwardersDeployed.code)',
    replace: 'if (!masked.startsWith(forwardersDeployed.code))',
    tests: forwarderTests,
  },
  {
    name: 'payments may be made to a contract that sends elsewhere',
    file: forwarders,
    find: 'if (strange === undefined) return undefined',
    replace: 'if (strange === undefined || hotWallets.length > 0) return undefined',
    tests: forwarderTests,
  },
  {
    name: 'a chain that was never asked counts as verified',
    file: forwarders,
    find: '      onUnknown(which, error)\n      return\n',
    replace: '      onUnknown(which, error)\n      unverified.delete(which)\n      return\n',
    tests: forwarderTests,
  },
  {
    name: 'addresses that nobody has verified are handed out',
    file: 'libs/payments/src/usecases/create-payment.ts',
    find: '    requireVerified(request, addresses)\n',
    replace: '',
    tests: ['apps/api/src/payments.integration.test.ts'],
  },
]
