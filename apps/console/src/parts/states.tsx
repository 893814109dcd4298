import { ApiProblem } from '@coffer/client/api-problem'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'

/** Says why there is nothing, and what would change that. */
export function Note({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="note">
      <strong>{title}</strong>
      {children}
    </div>
  )
}

/** What went wrong in the API's own words, and a way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTexts()
  const problem = error instanceof ApiProblem ? error.problem : undefined
  const said = problem?.detail ?? (error instanceof Error ? error.message : String(error))
  return (
    <div className="problem" role="alert">
      <strong>{problem?.title ?? t(onRetry ? 'app.failed' : 'app.refused')}</strong>
      <span>{said}</span>
      {problem ? (
        <small className="mono">
          {problem.code} · {t('app.requestId', { id: problem.requestId })}
        </small>
      ) : null}
      {onRetry ? (
        <button type="button" className="button" onClick={onRetry}>
          {t('app.retry')}
        </button>
      ) : null}
    </div>
  )
}

function Loading() {
  const { t } = useTexts()
  return (
    <div className="loading" role="status">
      <i className="hidden">{t('app.loading')}</i>
      <span />
      <span />
      <span />
    </div>
  )
}

type Asked<Data> = {
  data: Data | undefined
  error: unknown
  refetch: () => unknown
}

/** Shows what was asked for, once it is there; a failure takes the place of what never came. */
export function Answer<Data>(props: { of: Asked<Data>; children: (data: Data) => ReactNode }) {
  const { of, children } = props
  if (of.data !== undefined) return children(of.data)
  if (of.error) return <Failure error={of.error} onRetry={() => void of.refetch()} />
  return <Loading />
}
