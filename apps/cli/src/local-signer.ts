import { join, resolve } from 'node:path'
import type { StackUrls } from '@coffer/devstack/start-stack'
import { SYSTEM } from '@coffer/ledger/chart-of-accounts'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import { type AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { addKey, addPolicy, createSignerHome } from '@coffer/signing/create-signer-home'
import { deriveKey } from '@coffer/signing/derive-keys'
import type { PolicySource } from '@coffer/signing/policy'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { LOCAL_CHAIN_ID, type LocalChain } from './local-chain.ts'

/** Everybody's mnemonic, so for local chains only; addresses of owners are at `m/44'/60'/1'/0`. */
const MNEMONIC = 'test test test test test test test test test test test junk'
const DEPOSITS_PATH = "m/44'/60'/1'/0"
const HOT_WALLET = deriveKey(MNEMONIC, "m/44'/60'/2'/0/0")
const COLD_WALLET = deriveKey(MNEMONIC, "m/44'/60'/3'/0/0")

/** A password that lies beside the keystore needs no second of guessing. */
const CHEAP = { n: 4_096, r: 8, p: 1 }

/** More than anybody has here, wei or the like. */
const PLENTY = (10n ** 30n).toString()

/** What every process may know of the signer, and what it alone is told. */
export type LocalSigner = { shared: Record<string, string>; own: Record<string, string> }

/** A signer whose hot wallet can be given coin for gas. */
export type FundedSigner = LocalSigner & {
  /** Gives the hot wallet coin, and books that it is ours. Safe to repeat. */
  fund(): Promise<void>
}

/** What the hot wallet of a local chain begins with, wei. */
const FLOAT = 10n ** 20n

type Contracts = { assets: readonly AssetId[]; batchPayers: string[]; forwarders: string[] }

/** Makes the keys, the policy and the journal of a local chain's signer, as far as they are not. */
export async function makeLocalSigner(
  folder: string,
  contracts: Contracts = { assets: [LOCAL_COIN], batchPayers: [], forwarders: [] },
): Promise<LocalSigner> {
  const files = await createSignerHome(folder)
  const secret = { kind: 'key', privateKey: HOT_WALLET.privateKey } as const
  await addKey(files, { name: 'hot', secret, cost: CHEAP })
  const { xprv } = deriveKey(MNEMONIC, DEPOSITS_PATH)
  await addKey(files, { name: 'deposits', secret: { kind: 'hd', xprv }, cost: CHEAP })
  await addPolicy(files, policyFor(contracts))
  return {
    shared: {
      SIGNER_SOCKET: files.socket,
      HOT_WALLET: HOT_WALLET.address,
      COLD_ADDRESS: COLD_WALLET.address,
      // What they send is no deposit.
      OWN_ADDRESSES: [HOT_WALLET.address, COLD_WALLET.address].join(),
      // Nobody counts what gas costs here.
      SWEEPS: 'all',
      SWEEP_BUDGET_WEI: PLENTY,
      SWEEP_MS: '1000',
    },
    own: {
      KEYSTORE_FILES: [files.keystore('hot'), files.keystore('deposits')].join(),
      KEYSTORE_PASSWORD_FILE: files.passwordFile,
      SIGNER_POLICY: files.policyFile,
      SIGNER_JOURNAL: files.journalFile,
    },
  }
}

/**
 * The signer of a chain of our own, which has a folder for each: what was signed for a chain that
 * is gone says nothing about the nonces of the next.
 */
export async function localSigner(
  home: string,
  { urls, local }: { urls: Pick<StackUrls, 'RPC_URLS' | 'DATABASE_URL'>; local: LocalChain },
): Promise<FundedSigner> {
  const client = anvilClient(urls.RPC_URLS)
  const first = await client.request<FirstBlock>('eth_getBlockByNumber', ['0x0', false])
  const forwarders = local.env['FORWARDERS_ADDRESS']
  const signer = await makeLocalSigner(join(resolve(home), 'signer', first.hash.slice(2, 14)), {
    assets: local.assets.map(({ id }) => id),
    batchPayers: [local.batchPayer],
    forwarders: forwarders === undefined ? [] : [forwarders],
  })
  const { address } = HOT_WALLET
  return {
    ...signer,
    async fund() {
      const balance = BigInt(await client.request<string>('eth_getBalance', [address, 'latest']))
      if (balance === 0n) await client.setBalance(address, FLOAT)
      await using postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'coffer' })
      await postgres.transaction((tx) => postTransactions(tx, [paidIn(first)]))
    },
  }
}

type FirstBlock = { hash: string; timestamp: string }

/** Without it the books would have less than the chain. */
function paidIn({ hash, timestamp }: FirstBlock): TransactionDraft {
  const name = (code: 'custody' | 'capital') => ({ owner: SYSTEM, code, asset: LOCAL_COIN })
  return {
    reference: `capital:${LOCAL_COIN}:${hash}`,
    code: 'capital.paid_in',
    owner: SYSTEM,
    eventAt: new Date(Number(timestamp) * 1_000),
    entries: [
      { account: name('custody'), amount: FLOAT },
      { account: name('capital'), amount: -FLOAT },
    ],
  }
}

const LOCAL_COIN = nativeAssetId(chainIdOf(Number(LOCAL_CHAIN_ID)))

function policyFor({ assets, batchPayers, forwarders }: Contracts): PolicySource {
  return {
    chains: [
      {
        chain: chainIdOf(Number(LOCAL_CHAIN_ID)),
        hotWallet: HOT_WALLET.address,
        coldAddresses: [COLD_WALLET.address],
        batchPayers,
        forwarders,
        assets: assets.map((asset) => ({ asset, payoutMax: PLENTY, windowMax: PLENTY })),
        gasMax: '30000000',
        feeMax: PLENTY,
        feeWindowMax: PLENTY,
        topUpMax: PLENTY,
        topUpWindowMax: PLENTY,
      },
    ],
    signaturesPerMinuteMax: 1_000_000,
  }
}
