import type { Audience, NewNotification, News } from './notification.ts'

export type PlanOptions = {
  audiences: ReadonlyMap<string, Audience>
  /** What happened before is told to nobody. */
  notBefore: Date
}

/** Whom to tell of `news`, and how: at most once each. */
export function planNotifications(
  news: readonly News[],
  { audiences, notBefore }: PlanOptions,
): NewNotification[] {
  return news
    .filter(({ time }) => new Date(time) >= notBefore)
    .flatMap((each) => [...letterOf(each, audiences), ...callsOf(each, audiences)])
}

function letterOf(news: News, audiences: ReadonlyMap<string, Audience>): [] | [NewNotification] {
  const { reader, type, isReaderExpected } = news
  if (reader === undefined) return []
  const settings = audiences.get(reader)?.email
  const isReachable = settings?.isReachable ?? isReaderExpected
  if (!isReachable || settings?.muted.includes(type)) return []
  return [{ news, recipient: reader, way: 'email', target: reader }]
}

function callsOf(news: News, audiences: ReadonlyMap<string, Audience>): NewNotification[] {
  const { owner, type } = news
  if (owner === undefined) return []
  return (audiences.get(owner)?.endpoints ?? [])
    .filter(({ types }) => types === null || types.includes(type))
    .map(({ id: target }) => ({ news, recipient: owner, way: 'webhook', target }))
}
