import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Sheet } from '../parts/sheet.tsx'
import { Failure } from '../parts/states.tsx'

/** Why a chain stands still, and what letting it go on would do, before it is done. */
export function LatchNotice({ chain, reason }: { chain: string; reason: string }) {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const queries = useQueryClient()
  const params = { path: { chain } }
  const path = '/v1/admin/chains/{chain}/unlatch'
  const plan = useMutation({
    mutationFn: () => answerOf(api.POST(path, { params, body: { dryRun: true } })),
  })
  const goOn = async () => {
    const keeps = plan.data?.keeps?.hash ?? null
    await answerOf(api.POST(path, { params, body: { dryRun: false, keeps } }))
    await queries.invalidateQueries({ queryKey: ['chains'] })
  }
  return (
    <div className="problem" role="alert">
      <strong>{t('chains.latched')}</strong>
      <span>{t('chains.latchedHint', { reason })}</span>
      <button
        type="button"
        className="button"
        disabled={plan.isPending || !may('scans:write')}
        onClick={() => plan.mutate()}
      >
        {t('chains.unlatch')}
      </button>
      {plan.error ? <Failure error={plan.error} /> : null}
      {plan.data ? (
        <Sheet
          title={t('chains.unlatchTitle')}
          action={t('chains.unlatchDo')}
          isDanger
          onClose={plan.reset}
          onSubmit={goOn}
        >
          <p>
            {t('chains.unlatchPlan', {
              keeps: plan.data.keeps?.number ?? '–',
              blocks: plan.data.blocks,
              reversed: plan.data.reversed,
            })}
          </p>
        </Sheet>
      ) : null}
    </div>
  )
}
