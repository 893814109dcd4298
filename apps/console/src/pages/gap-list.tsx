import { answerOf } from '@coffer/client/coffer-client'
import { useMutation } from '@tanstack/react-query'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { List } from '../parts/list.tsx'
import { Failure } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'

/** What is still owed of scanned blocks. */
export function GapList() {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const read = (cursor: { cursor?: string }) =>
    answerOf(api.GET('/v1/admin/gaps', { params: { query: { open: 'true', ...cursor } } }))
  const gaps = usePages(['gaps'], read, { refetchMs: 10_000 })
  const rescan = useMutation({
    mutationFn: (id: number) =>
      answerOf(api.POST('/v1/admin/gaps/{id}/rescan', { params: { path: { id } } })),
  })
  return (
    <>
      {rescan.error ? <Failure error={rescan.error} /> : null}
      {rescan.isSuccess ? (
        <p className="done" role="status">
          {t('chains.gapAsked')}
        </p>
      ) : null}
      <List
        title={t('chains.openGaps')}
        caption={t('chains.openGaps')}
        of={gaps}
        keyOf={({ id }) => id}
        empty={{ title: t('chains.noneOpen'), hint: t('chains.noneOpenHint') }}
        columns={[
          { name: t('field.chain'), cell: ({ chain }) => chain },
          { name: t('field.kind'), cell: ({ kind }) => kind },
          {
            name: t('chains.gapRange'),
            isFigure: true,
            cell: ({ fromBlock, toBlock }) => `${fromBlock}–${toBlock}`,
          },
          { name: t('app.reason'), cell: ({ reason }) => reason },
          { name: t('field.created'), cell: ({ openedAt }) => <When at={openedAt} /> },
          {
            name: t('field.actions'),
            isFigure: true,
            cell: ({ id }) =>
              may('scans:write') ? (
                <button type="button" className="button" onClick={() => rescan.mutate(id)}>
                  {t('chains.gapRescan')}
                </button>
              ) : null,
          },
        ]}
      />
    </>
  )
}
