import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { AssetName } from '../parts/asset-name.tsx'
import { Done } from '../parts/done.tsx'
import { List } from '../parts/list.tsx'
import { May } from '../parts/may.tsx'
import { Failure } from '../parts/states.tsx'

const AMOUNTS = ['pending', 'available', 'held', 'reserve'] as const

/** What a merchant is owed, by asset, and a way to settle it now. */
export function MerchantBalances({ id }: { id: string }) {
  const { t } = useTexts()
  const api = useApi()
  const params = { path: { id } }
  const balances = useQuery({
    queryKey: ['merchant-balances', id],
    queryFn: async () => (await answerOf(api.GET('/v1/merchants/{id}/balances', { params }))).items,
    refetchInterval: 3_000,
  })
  const settle = useMutation({
    mutationFn: (asset: string) =>
      answerOf(api.POST('/v1/merchants/{id}/settlements', { params, body: { asset } })),
  })
  return (
    <>
      {settle.error ? <Failure error={settle.error} /> : null}
      <Done>{settle.isSuccess ? t('merchants.settleAsked') : undefined}</Done>
      <List
        title={t('merchants.balances')}
        caption={t('merchants.balances')}
        of={balances}
        keyOf={({ asset }) => asset}
        empty={{ title: t('owners.noBalances') }}
        columns={[
          { name: t('field.asset'), cell: ({ asset }) => <AssetName id={asset} /> },
          ...AMOUNTS.map((name) => ({
            name: t(`field.${name}`),
            isFigure: true,
            cell: (row: { asset: string } & Record<(typeof AMOUNTS)[number], string>) => (
              <Amount of={row[name]} asset={row.asset} isBare />
            ),
          })),
          {
            name: t('field.actions'),
            isFigure: true,
            cell: ({ asset }) => (
              <May scope="settlements:write">
                <button type="button" className="button" onClick={() => settle.mutate(asset)}>
                  {t('merchants.settle')}
                </button>
              </May>
            ),
          },
        ]}
      />
    </>
  )
}
