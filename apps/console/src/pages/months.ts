/** A month of the books, from its first moment on and before that of the next, in UTC. */
export type Stretch = { value: string; text: string; from: string; to: string }

const COUNT = 13

/** The month of `now` and those before it, the newest first. Books are kept in UTC. */
export function lastMonths(now: Date, language: string): Stretch[] {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const format = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  })
  return Array.from({ length: COUNT }, (_, back) => {
    const month = (later: number) =>
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back + later, 1))
    const [from, to] = [month(0), month(1)]
    const value = from.toISOString().slice(0, 7)
    return { value, text: format.format(from), from: from.toISOString(), to: to.toISOString() }
  })
}
