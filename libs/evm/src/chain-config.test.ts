import { keccak256, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { WHOLE_PROOF } from './block-proof.ts'
import { chainConfigs } from './chain-config.ts'
import { CHAIN_PRESETS } from './chain-presets.ts'
import { configFile } from './testing/config-file.ts'

const TOKEN = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const URL = 'http://127.0.0.1:8545'

const native = {
  id: 'eip155:31337/slip44:60',
  chain: 'eip155:31337',
  contract: null,
  symbol: 'ETH',
  decimals: 18,
}
const tusd = {
  id: `eip155:31337/erc20:${TOKEN.toLowerCase()}`,
  chain: 'eip155:31337',
  contract: TOKEN.toLowerCase(),
  symbol: 'TUSD',
  decimals: 6,
}

describe('from variables', () => {
  test('takes a URL alone for a local chain', async () => {
    expect(await chainConfigs({ RPC_URLS: URL })).toEqual([
      {
        chain: 'eip155:31337',
        rpcUrls: [URL],
        confirmations: 12,
        startBlock: 0n,
        reorgDepthMax: 64,
        proof: WHOLE_PROOF,
        native: 'transactions',
        traceMethod: 'debug_traceBlockByHash',
        withdrawals: 'suspend',
        assets: [native],
        balanceProof: { everyBlocks: 16, recheck: 50 },
        audit: { enabled: true, rangeBlocks: 10, blocksPerSecondMax: 20, repeat: false },
      },
    ])
  })

  test('reads every setting', async () => {
    const [config] = await chainConfigs({
      RPC_URLS: `${URL}, http://localhost:8546/key`,
      WS_URLS: 'ws://localhost, wss://node/key',
      CONFIRMATIONS: 'finalized',
      QUORUM: '2',
      START_BLOCK: '19000000',
      ...{ REORG_DEPTH_MAX: '7', RPC_TIMEOUT_MS: '2000' },
      NATIVE_TRANSFERS: 'traces',
      TRACE_METHOD: 'trace_block',
      WITHDRAWALS: 'credit',
      AUDIT: 'off',
      AUDIT_BLOCKS_PER_SECOND_MAX: '0.5',
      TOKENS: ` TUSD:6:${TOKEN} , TTKN:18:0x${'b'.repeat(40)}`,
    })

    expect(config).toMatchObject({
      rpcUrls: [URL, 'http://localhost:8546/key'],
      wsUrls: ['ws://localhost', 'wss://node/key'],
      confirmations: 'finalized',
      quorum: 2,
      startBlock: 19_000_000n,
      ...{ reorgDepthMax: 7, requestTimeoutMs: 2_000 },
      native: 'traces',
      traceMethod: 'trace_block',
      withdrawals: 'credit',
      audit: { enabled: false, blocksPerSecondMax: 0.5 },
      assets: [native, tusd, { symbol: 'TTKN', decimals: 18 }],
    })
  })

  test('reads a chain by its logs where only tokens are wanted', async () => {
    const variables = { RPC_URLS: URL, NATIVE_TRANSFERS: 'none', BLOCK_READS: 'logs' }

    const [proving] = await chainConfigs(variables)
    const [trusting] = await chainConfigs({ ...variables, PROVE_DEPOSITS: 'false' })

    expect(proving).toMatchObject({ native: 'none', byLogs: { proveDeposits: true } })
    expect(trusting?.byLogs).toEqual({ proveDeposits: false })
  })

  test.each<[string, Record<string, string>]>([
    ['no native coin', { BLOCK_READS: 'logs' }],
    ['no native coin', { BLOCK_READS: 'logs', NATIVE_TRANSFERS: 'traces' }],
    ['bloom', { BLOCK_READS: 'logs', NATIVE_TRANSFERS: 'none', CHAIN_PRESET: 'polygon' }],
  ])('does not read by logs what they do not prove: %s', async (problem, variables) => {
    const reading = chainConfigs({ RPC_URLS: URL, ...variables })

    await expect(reading).rejects.toMatchObject({ code: 'CONFIG' })
    await expect(reading).rejects.toThrow(new RegExp(`BLOCK_READS.*${problem}`))
  })

  test('proves balances as often as it is told, or never', async () => {
    const proofOf = async (blocks: string) => {
      const [config] = await chainConfigs({ RPC_URLS: URL, BALANCE_PROOF_BLOCKS: blocks })
      return config?.balanceProof
    }

    expect(await proofOf('1')).toEqual({ everyBlocks: 1, recheck: 50 })
    expect(await proofOf('0')).toBeUndefined()
  })

  test('knows a depth from a tag', async () => {
    const [config] = await chainConfigs({ RPC_URLS: URL, CONFIRMATIONS: '3' })

    expect(config?.confirmations).toBe(3)
  })

  test.each<[string, string]>([
    ['RPC_URLS', 'ws://127.0.0.1:8545'],
    ['RPC_URLS', '127.0.0.1:8545'],
    ['RPC_URLS', `${URL},`],
    ['CHAIN_PRESET', 'mainnet'],
    ['CHAIN_ID', '0'],
    ['CHAIN_ID', 'eip155:1'],
    ['CHAIN_ID', '9007199254740992'],
    ['CONFIRMATIONS', '0'],
    ['CONFIRMATIONS', '1.5'],
    ['CONFIRMATIONS', 'latest'],
    ['QUORUM', '0'],
    ['QUORUM', '2'],
    ['START_BLOCK', '-1'],
    ['START_BLOCK', 'latest'],
    ['REORG_DEPTH_MAX', '0'],
    ['NATIVE_TRANSFERS', 'all'],
    ['TRACE_METHOD', 'debug_traceTransaction'],
    ['TOKENS', 'TUSD'],
    ['TOKENS', `TUSD:${TOKEN}`],
    ['TOKENS', `TUSD:6:${TOKEN}:1`],
    ['TOKENS', `TUSD:-6:${TOKEN}`],
    ['TOKENS', `TUSD:37:${TOKEN}`],
    ['TOKENS', `:6:${TOKEN}`],
    ['BLOCK_READS', 'blooms'],
    ['PROVE_DEPOSITS', 'perhaps'],
    ['TOKENS', 'TUSD:6:0x123'],
    ['TOKENS', `TUSD:6:${TOKEN.replace('f', 'F')}`],
    ['TOKENS', `TUSD:6:${TOKEN},TUSD2:18:${TOKEN.toLowerCase()}`],
  ])('names %s when it is %j', async (name, value) => {
    const reading = chainConfigs({ RPC_URLS: URL, [name]: value })

    await expect(reading).rejects.toMatchObject({ code: 'CONFIG' })
    await expect(reading).rejects.toThrow(new RegExp(`\\n  ${name}`))
  })
})

describe('from a file', () => {
  const chain = { chain: 'eip155:31337', rpcUrls: [URL] }

  test('reads every chain', async () => {
    const path = await configFile({
      chains: [
        { ...chain, tokens: [{ contract: TOKEN, symbol: 'TUSD', decimals: 6 }] },
        {
          chain: 'eip155:137',
          rpcUrls: [URL],
          confirmations: 'safe',
          startBlock: 5,
          nativeSymbol: 'POL',
        },
      ],
    })

    expect(await chainConfigs({ COFFER_CONFIG: path })).toMatchObject([
      { chain: 'eip155:31337', confirmations: 12, assets: [native, tusd] },
      {
        chain: 'eip155:137',
        confirmations: 'safe',
        startBlock: 5n,
        assets: [{ id: 'eip155:137/slip44:60', symbol: 'POL' }],
      },
    ])
  })

  test('takes rules for assets, and the addresses that are our own', async () => {
    const own = `0x${'E'.repeat(40)}`
    const rules = { minimum: '25', feeOnTransfer: true, verifyArrivals: true, halted: true }
    const path = await configFile({
      chains: [{ ...withToken(rules), nativeMinimum: 10, ownAddresses: [own] }],
    })

    const [config] = await chainConfigs({ COFFER_CONFIG: path })

    expect(config?.assets).toEqual([
      { ...native, minimum: 10n },
      { ...tusd, ...rules, minimum: 25n },
    ])
    expect(config?.ownAddresses).toEqual([own.toLowerCase()])
  })

  test('pins the code behind a token, where EIP-1967 or the operator says that it is named', async () => {
    const slot = `0x${'7'.repeat(64)}`
    const withSlot = { implementation: TOKEN, implementationSlot: slot }
    const paths = [withToken({ implementation: TOKEN }), withToken(withSlot)].map((each) =>
      configFile({ chains: [each] }),
    )

    const configs = await Promise.all(
      paths.map(async (path) => (await chainConfigs({ COFFER_CONFIG: await path }))[0]),
    )

    expect(configs.map((config) => config?.assets[1]?.implementation)).toEqual([
      // Keccak-256 of `eip1967.proxy.implementation`, less 1.
      { contract: TOKEN.toLowerCase(), slot: `0x${eip1967()}` },
      { contract: TOKEN.toLowerCase(), slot },
    ])
  })

  test('refuses a token whose balances change by themselves, and says what to do', async () => {
    const path = await configFile({ chains: [withToken({ rebasing: true })] })

    const reading = chainConfigs({ COFFER_CONFIG: path })

    await expect(reading).rejects.toThrow(/tokens\.0\.rebasing.*not supported.*leave it out/)
  })

  test('is not read when a URL is given', async () => {
    const path = await configFile({ chains: [] })

    expect(await chainConfigs({ COFFER_CONFIG: path, RPC_URLS: URL })).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['chains', undefined],
    ['chains', { chains: [] }],
    ['chains', { chains: [chain, { ...chain, startBlock: 1 }] }],
    ['chains.0.chain', { chains: [{ ...chain, chain: '31337' }] }],
    ['chains.0.rpcUrls', { chains: [{ chain: 'eip155:1' }] }],
    ['chains.1.rpcUrls.0', { chains: [chain, { chain: 'eip155:1', rpcUrls: ['x'] }] }],
    ['chains.0.startBlock', { chains: [{ ...chain, startBlock: -1 }] }],
    ['chains.0.confirmations', { chains: [{ ...chain, confirmations: 'latest' }] }],
    ['chains.0: .*"start"', { chains: [{ ...chain, start: 1 }] }],
    ['chains.0.tokens.0.contract', { chains: [withToken({ contract: '0x123' })] }],
    ['chains.0.tokens.0.contract', { chains: [withToken({ contract: TOKEN.replace('f', 'F') })] }],
    ['chains.0.tokens.0.decimals', { chains: [withToken({ decimals: '6' })] }],
    ['chains.0.tokens.0.minimum', { chains: [withToken({ minimum: -1 })] }],
    ['chains.0.tokens.0.minimum', { chains: [withToken({ minimum: '0.5' })] }],
    ['chains.0.tokens.0.minimum', { chains: [withToken({ minimum: 2 ** 53 })] }],
    ['chains.0.nativeMinimum', { chains: [{ ...chain, nativeMinimum: '1e18' }] }],
    ['chains.0.tokens.0.implementation', { chains: [withToken({ implementation: '0x1' })] }],
    ['chains.0.tokens.0.impl.*Slot', { chains: [withToken({ implementationSlot: '0x1' })] }],
    ['chains.0.preset', { chains: [{ ...chain, preset: 'optimism' }] }],
    ['chains.0.transactionTypes', { chains: [{ ...chain, transactionTypes: [] }] }],
    ['chains.0.transactionTypes.0', { chains: [{ ...chain, transactionTypes: [128] }] }],
    ['chains.0.ownAddresses.1', { chains: [{ ...chain, ownAddresses: [TOKEN, '0x1'] }] }],
  ])('names %s where it is off', async (name, config) => {
    const reading = chainConfigs({ COFFER_CONFIG: await configFile(config) })

    await expect(reading).rejects.toMatchObject({ code: 'CONFIG' })
    await expect(reading).rejects.toThrow(new RegExp(`\\n  ${name}`))
  })

  test('that is not there is named, together with the variables that would do', async () => {
    const reading = chainConfigs({ COFFER_CONFIG: '/nowhere/coffer.config.ts' })

    await expect(reading).rejects.toThrow(/RPC_URLS.*\/nowhere\/coffer\.config\.ts/)
  })

  function withToken(off: object) {
    return { ...chain, tokens: [{ contract: TOKEN, symbol: 'TUSD', decimals: 6, ...off }] }
  }
})

const eip1967 = () => (BigInt(keccak256(toHex('eip1967.proxy.implementation'))) - 1n).toString(16)

describe('a preset', () => {
  test.each(Object.entries(CHAIN_PRESETS))('%s says what is not set', async (name, known) => {
    const [config] = await chainConfigs({ RPC_URLS: URL, CHAIN_PRESET: name })

    expect(config).toMatchObject(known)
  })

  test('gives way to what is set, each by itself', async () => {
    const path = await configFile({
      chains: [
        {
          ...{ chain: 'eip155:137', rpcUrls: [URL], preset: 'polygon' },
          ...{ confirmations: 200, proof: { receiptsRoot: true }, transactionTypes: [0, 2] },
        },
      ],
    })

    const [fromFile] = await chainConfigs({ COFFER_CONFIG: path })
    const [fromVariables] = await chainConfigs({
      ...{ RPC_URLS: URL, CHAIN_PRESET: 'bnb', REORG_DEPTH_MAX: '20' },
    })

    expect(fromFile).toMatchObject({
      confirmations: 200,
      reorgDepthMax: 512,
      proof: { ...WHOLE_PROOF, logsBloom: false },
      transactionTypes: [0, 2],
    })
    expect(fromVariables).toMatchObject({ confirmations: 'finalized', reorgDepthMax: 20 })
  })
})
