import { AppError } from '@coffer/errors/app-error'
import { tenantOf } from '@coffer/http/caller'
import { idempotencyHeaders, keyedRequest, type Once } from '@coffer/http/idempotency'
import { platformTerm } from '@coffer/http/platform-term'
import type { Routes } from '@coffer/http/server'
import { type Asset, parseAssetId } from '@coffer/money/asset'
import { z } from 'zod'
import { type AssetDisplay, assetDisplay } from './domain/asset-display.ts'
import type { SettlementSettings, SettlementTerms } from './domain/settlement-terms.ts'
import type {
  SettingsStore,
  SettlementReader,
  SettlementReport,
  SettlementRequests,
} from './ports.ts'
import * as wire from './wire.ts'

export type SettlementRoutesOptions = {
  reader: SettlementReader
  /** Within one transaction. */
  requests: Once<Pick<SettlementRequests, 'make'>>
  settings: SettingsStore
  defaults: SettlementTerms
  isMerchant: (id: string) => Promise<boolean>
  reports: { csv: SettlementReport; pdf: SettlementReport }
  assets: readonly Asset[]
  now?: () => Date
}

const byId = z.strictObject({ id: z.uuid() })

/** How merchants are settled, and what was. */
export function settlementRoutes(options: SettlementRoutesOptions): Routes {
  return async (app) => {
    await app.register(merchantRoutes(options))
    await app.register(readingRoutes(options))
    await app.register(reportRoutes(options))
  }
}

type Chosen = {
  asked: SettlementSettings
  before: SettlementSettings | undefined
  defaults: SettlementTerms
}

/** The platform chooses all; a tenant keeps what the platform holds back of its merchants. */
function keepingTerms(
  request: Parameters<typeof tenantOf>[0],
  { asked, before = {}, defaults }: Chosen,
): SettlementSettings {
  if (tenantOf(request) === undefined) return asked
  const names = ['holdBackDays', 'reserveBasisPoints', 'reserveDays'] as const
  for (const name of names) {
    platformTerm(request, { name, said: asked[name], is: before[name] ?? defaults[name] })
  }
  const { holdBackDays: _, reserveBasisPoints: __, reserveDays: ___, ...own } = asked
  const kept = names.filter((name) => before[name] !== undefined)
  return { ...own, ...Object.fromEntries(kept.map((name) => [name, before[name]])) }
}

function merchantRoutes(options: SettlementRoutesOptions): Routes {
  const { requests, settings, defaults, isMerchant, now = () => new Date() } = options
  const tags = ['settlements']
  const requireMerchant = async (id: string) => {
    if (!(await isMerchant(id))) throw new SettlementMerchantUnknownError(id)
  }
  return async (app) => {
    app.get(
      '/v1/merchants/:id/settlement-settings',
      {
        config: { access: 'settlements:read', names: { id: 'merchant' } },
        schema: {
          tags,
          summary: 'When and how a merchant is settled',
          params: byId,
          response: { 200: wire.settings },
        },
      },
      async ({ params: { id } }) => {
        await requireMerchant(id)
        return wire.settingsOnWire((await settings.find(id)) ?? {}, defaults)
      },
    )
    app.put(
      '/v1/merchants/:id/settlement-settings',
      {
        config: { access: 'settlements:write', names: { id: 'merchant' } },
        schema: {
          tags,
          summary: 'Choose when and how a merchant is settled',
          description:
            'What is left out is as by default. Days count from then on: what was paid before ' +
            'is held back as it was.',
          params: byId,
          body: wire.newSettings,
          response: { 200: wire.settings },
        },
      },
      async (request) => {
        const { id } = request.params
        await requireMerchant(id)
        const asked = wire.settingsFromWire(request.body, parseAssetId)
        const chosen = keepingTerms(request, { asked, before: await settings.find(id), defaults })
        await settings.put(id, chosen, now())
        return wire.settingsOnWire(chosen, defaults)
      },
    )
    app.post(
      '/v1/merchants/:id/settlements',
      {
        config: { access: 'settlements:write', names: { id: 'merchant' } },
        schema: {
          tags,
          summary: 'Ask for an asset of a merchant to be settled now',
          description:
            'Settles what is mature, whatever the threshold, within seconds; of nothing there is ' +
            'no settlement. Asking again before that is the same request.',
          params: byId,
          headers: idempotencyHeaders,
          body: wire.newRequest,
          response: { 202: wire.request },
        },
      },
      async (request, reply) => {
        const { id: merchantId } = request.params
        const { asset } = request.body
        await requireMerchant(merchantId)
        const answer = await requests(keyedRequest(request), async ({ make }) =>
          wire.requestOnWire(await make({ merchantId, asset }, now())),
        )
        return reply.status(202).send(answer)
      },
    )
  }
}

function readingRoutes({ reader }: SettlementRoutesOptions): Routes {
  const tags = ['settlements']
  return async (app) => {
    app.get(
      '/v1/settlements',
      {
        config: { access: 'settlements:read' },
        schema: {
          tags,
          summary: 'Settlements, newest first',
          querystring: wire.settlementQuery,
          response: { 200: wire.settlementList },
        },
      },
      async (request) => {
        const { merchant: merchantId, asset, cursor: before, limit } = request.query
        const filter = { tenant: tenantOf(request), merchantId, asset, before }
        const found = await reader.list({ ...filter, limit: limit + 1 })
        const items = found.slice(0, limit).map(wire.settlementOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
    app.get(
      '/v1/settlements/:id',
      {
        config: { access: 'settlements:read', names: { id: 'settlement' } },
        schema: {
          tags,
          summary: 'One settlement',
          params: byId,
          response: { 200: wire.settlement },
        },
      },
      async ({ params: { id } }) => wire.settlementOnWire(await requireSettlement(reader, id)),
    )
  }
}

const KINDS = [
  { kind: 'csv', type: 'text/csv; charset=utf-8', what: 'a table, which ends with its totals' },
  { kind: 'pdf', type: 'application/pdf', what: 'a document to print' },
] as const

function reportRoutes({ reader, reports, assets }: SettlementRoutesOptions): Routes {
  return async (app) => {
    for (const { kind, type, what } of KINDS) {
      app.get(
        `/v1/settlements/:id/report.${kind}`,
        {
          config: { access: 'settlements:read', names: { id: 'settlement' } },
          schema: {
            tags: ['settlements'],
            summary: `What a settlement adds up, as ${what}`,
            produces: [type.split(';')[0] as string],
            params: byId,
            response: { 200: z.string() },
          },
        },
        async ({ params: { id } }, reply) => {
          const settlement = await requireSettlement(reader, id)
          const shown: AssetDisplay = assetDisplay(settlement.asset, assets)
          return reply
            .header('content-type', type)
            .header('content-disposition', `attachment; filename="settlement-${id}.${kind}"`)
            .send(reports[kind]({ settlement, shown, lines: reader.lines(id) }) as never)
        },
      )
    }
  }
}

async function requireSettlement(reader: Pick<SettlementReader, 'find'>, id: string) {
  const settlement = await reader.find(id)
  if (settlement === undefined) throw new SettlementUnknownError(id)
  return settlement
}

/** No settlement has this id. */
export class SettlementUnknownError extends AppError {
  readonly code = 'SETTLEMENT_UNKNOWN'

  constructor(id: string) {
    super(`There is no settlement ${id}. Expected an id of GET /v1/settlements.`, {
      retry: 'never',
      details: { id },
    })
  }
}

/** No merchant has this id. */
export class SettlementMerchantUnknownError extends AppError {
  readonly code = 'SETTLEMENT_MERCHANT_UNKNOWN'

  constructor(id: string) {
    super(`There is no merchant ${id}. Expected the id of a merchant.`, {
      retry: 'never',
      details: { id },
    })
  }
}
