import type { Mutation } from './mutation.ts'

const file = 'libs/deposits/src/domain/detect-transfers.ts'
const log = 'libs/deposits/src/domain/transfer-log.ts'
const tests = ['libs/deposits/src/domain/detect-transfers.test.ts']
const finality = 'libs/deposits/src/domain/finality.ts'
const finalityTests = ['libs/deposits/src/domain/finality.test.ts']

/** Bugs in what counts as a deposit, whose, and from when on. */
export const detectionMutations: readonly Mutation[] = [
  {
    name: 'a log is numbered within its block, not within its receipt',
    file,
    find: 'for (const [index, log] of logs.entries()) yield { txHash, index, log }',
    replace: `const place = receipts.findIndex((receipt) => receipt.logs === logs)
    const before = receipts.slice(0, place).reduce((sum, receipt) => sum + receipt.logs.length, 0)
    for (const [index, log] of logs.entries()) yield { txHash, index: before + index, log }`,
    tests,
  },
  {
    name: 'a failed transaction pays tokens',
    file,
    find: 'if (!succeeded) continue',
    replace: '',
    tests,
  },
  {
    name: 'a failed transaction pays its value',
    file,
    find: 'return succeeded && to !== null',
    replace: 'return to !== null',
    tests,
  },
  {
    name: 'any contract may say Transfer for an accepted token',
    file,
    find: 'const asset = tokens.get(contract)',
    replace: 'const asset = tokens.get(contract) ?? tokens.values().next().value',
    tests,
  },
  {
    name: 'an ERC-721 transfer with its four topics is a token transfer',
    file: log,
    find: 'topics.length !== 3',
    replace: 'topics.length < 3',
    tests,
  },
  {
    name: 'a topic is cut to an address though its first twelve bytes are not zero',
    file: log,
    find: '!to?.startsWith(TOPIC_PADDING)',
    replace: '!to',
    tests,
  },
  {
    name: 'a transfer of nothing is a deposit',
    file,
    find: '|| transfer.amount === 0n) return',
    replace: ') return',
    tests,
  },
  {
    name: 'the addresses are as they were before the first block was read',
    file: 'libs/deposits/src/usecases/find-deposits.ts',
    find: `  return async (read: readonly Block[]): Promise<FoundTransfer[]> => {
    await watched.refresh()`,
    replace: `  let refreshed: Promise<void> | undefined
  return async (read: readonly Block[]): Promise<FoundTransfer[]> => {
    await (refreshed ??= watched.refresh())`,
    tests: ['libs/deposits/src/usecases/scan-next-blocks.test.ts'],
  },
  {
    name: 'the addresses are refreshed after the blocks were looked at',
    file: 'libs/deposits/src/usecases/find-deposits.ts',
    find: `    await watched.refresh()
    const blocks = areLogsTrusted ? read : await proven(read)
    const tokens = coin === 'alone' ? [] : blocks.flatMap((block) => tokenTransfers(block, rules))`,
    replace: `    const blocks = areLogsTrusted ? read : await proven(read)
    const tokens = coin === 'alone' ? [] : blocks.flatMap((block) => tokenTransfers(block, rules))
    await watched.refresh()`,
    tests: ['libs/deposits/src/usecases/scan-next-blocks.test.ts'],
  },
  {
    name: 'an address that was registered right after the last look at them is missed',
    file: 'libs/wallets/src/adapters/watched-addresses.ts',
    find: `transaction_id >= \${next}`,
    replace: `transaction_id > \${next}`,
    tests: ['libs/wallets/src/adapters/watched-addresses.integration.test.ts'],
  },
  {
    name: 'a deposit belongs to whoever has its address on another chain',
    file: 'libs/wallets/src/adapters/watched-addresses.ts',
    find: `where addresses.chain = \${chain} and addresses.address = \${column}`,
    replace: `where addresses.address = \${column} limit 1`,
    tests: ['libs/wallets/src/adapters/watched-addresses.integration.test.ts'],
  },
  {
    name: 'an address is missed whose registration was in progress at the refresh before',
    file: 'libs/wallets/src/adapters/watched-addresses.ts',
    find: 'before.inProgress.filter((id) => !now.inProgress.includes(id))',
    replace: 'before.inProgress.filter((id) => now.inProgress.includes(id))',
    tests: ['libs/deposits/src/adapters/postgres-watched-set.integration.test.ts'],
  },
  {
    name: 'final comes one block too early',
    file: finality,
    find: 'scanned - BigInt(confirmations) + 1n',
    replace: 'scanned - BigInt(confirmations) + 2n',
    tests: finalityTests,
  },
  {
    name: 'a tag makes final what is not scanned yet',
    file: finality,
    find: 'return height < scanned ? height : scanned',
    replace: 'return height',
    tests: finalityTests,
  },
  {
    name: 'a token of which the node tells no code runs the code that is pinned or none',
    file: 'libs/deposits/src/adapters/named-contracts.ts',
    find: "typeof answer !== 'string' || !/^0x[0-9a-f]{0,64}$/i.test(answer)",
    replace: "typeof answer === 'number'",
    tests: ['libs/deposits/src/adapters/token-calls.test.ts'],
  },
  {
    name: 'receipts that are not all there tell of all fees',
    file: 'libs/deposits/src/adapters/block-fees.ts',
    find: 'if (!Array.isArray(answer) || answer.includes(null)) {',
    replace: 'if (answer === null) {',
    tests: ['libs/deposits/src/adapters/block-fees.test.ts'],
  },
]
