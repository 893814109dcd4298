import { postgresOnce } from '@coffer/access/answers'
import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { csvReport } from '@coffer/settlements/csv-report'
import { pdfReport } from '@coffer/settlements/pdf-report'
import { type SettlementRoutesOptions, settlementRoutes } from '@coffer/settlements/routes'
import { postgresSettings } from '@coffer/settlements/settings'
import { postgresSettlementReader } from '@coffer/settlements/settlement-reader'
import { postgresSettlementRequests } from '@coffer/settlements/settlement-requests'
import { isMerchant } from '@coffer/wallets/is-merchant'

/** How merchants are settled, by `defaults` where they chose nothing else. */
export const settlementsOf = (
  postgres: Postgres,
  { assets, defaults }: { assets: readonly Asset[]; defaults: SettlementRoutesOptions['defaults'] },
): Routes =>
  settlementRoutes({
    reader: postgresSettlementReader(postgres),
    requests: postgresOnce(postgres, postgresSettlementRequests),
    settings: postgresSettings(postgres),
    isMerchant: (id) => isMerchant(postgres, id),
    reports: { csv: csvReport, pdf: pdfReport },
    assets,
    defaults,
  })
