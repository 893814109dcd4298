import { startAnvil } from '@coffer/devstack/start-anvil'
import { parseAddress } from '@coffer/evm/address'
import { trialBalance } from '@coffer/ledger/trial-balance'
import { openReconciledChains } from '@coffer/reconciliation/open-reconciled-chains'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { sendMined } from '@coffer/simulator/send-mined'
import { expect, test } from 'vitest'
import type { ApiServerOptions } from './api-server.ts'
import { newCaller } from './testing/tenants.ts'
import { CHAIN, NATIVE_ASSET, testApi } from './testing/test-api.ts'

const HOT = parseAddress(`0x${'a7'.repeat(20)}`)
const PATH = '/v1/treasury/fundings'

test('an operator books what was sent to the hot wallet, once', async () => {
  await using anvil = await startAnvil()
  const node = anvilClient(anvil.url)
  const [from] = await node.accounts()
  const treasuries: ApiServerOptions['treasuries'][number][] = []
  await using api = await testApi({ treasuries })
  const config = { chain: CHAIN, rpcUrls: [anvil.url], confirmations: 1, assets: [NATIVE_ASSET] }
  await using opened = openReconciledChains({
    postgres: api.postgres,
    configs: [{ ...config, traceMethod: 'trace_block', ownAddresses: [HOT] }],
  })
  treasuries.push(...opened.chains)
  const { transactionHash: transaction } = await sendMined(node, { from, to: HOT, value: '0x2a' })
  const ann = await newCaller(api, { role: 'operator', holder: 'Ann' })
  const auditor = await newCaller(api, { role: 'auditor' })
  const body = { chain: CHAIN, transaction: transaction.toUpperCase().replace('0X', '0x') }

  const booked = await ann.call('POST', PATH, body)
  const again = await ann.call('POST', PATH, body)

  expect(booked).toMatchObject({
    status: 200,
    body: {
      ...{ chain: CHAIN, transaction },
      fundings: [{ amount: '42', from, to: HOT, position: 'value', isNew: true }],
    },
  })
  expect(again.body.fundings).toMatchObject([{ isNew: false }])
  const [sheet] = await trialBalance(api.postgres)
  expect(sheet?.byCode).toEqual({ custody: 42n, capital: -42n })
  expect((await auditor.call('POST', PATH, body)).status).toBe(403)
  const elsewhere = await ann.call('POST', PATH, { ...body, chain: 'eip155:1' })
  expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'RECONCILIATION_PLACE_UNKNOWN'])
})
