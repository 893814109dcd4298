import { type HeardEvent, newsOf } from '../domain/news-of.ts'
import { planNotifications } from '../domain/plan-notifications.ts'
import type { Added, MerchantFacts, NotificationRooms } from '../ports.ts'

export type TellOfEventsOptions = {
  rooms: NotificationRooms
  /** Under what name events are claimed. */
  consumer: string
  now: () => Date
  /** What happened longer ago is told to nobody: a new consumer group reads all of the past. */
  ageMaxMs: number
}

/**
 * Makes the notifications that events call for, each event once for ever, all in one transaction.
 * Answers those that were made.
 */
export const tellOfEvents =
  ({ rooms, consumer, now, ageMaxMs }: TellOfEventsOptions) =>
  async (heard: readonly HeardEvent[]): Promise<Added[]> => {
    const facts = heard.flatMap((each) => merchantFactsOf(each) ?? [])
    const news = heard.flatMap((each) => newsOf(each) ?? [])
    if (facts.length === 0 && news.length === 0) return []
    return await rooms(async (room) => {
      await room.writeMerchants(facts)
      const concerned = news.flatMap(({ owner, reader }) => [owner ?? [], reader ?? []].flat())
      const planned = planNotifications(news, {
        audiences: await room.audiences([...new Set(concerned)]),
        notBefore: new Date(now().getTime() - ageMaxMs),
      })
      // Most deposits are told to nobody, and need not be remembered.
      const fresh = await room.claim(
        consumer,
        planned.map(({ news: { eventId } }) => eventId),
      )
      return await room.add(planned.filter(({ news: { eventId } }) => fresh.has(eventId)))
    })
  }

function merchantFactsOf({ event }: HeardEvent): MerchantFacts | undefined {
  if (event.type !== 'merchant.created' && event.type !== 'merchant.updated') return undefined
  const { merchantId, version, name, email, locale } = event.data
  return { merchantId, version, name, email, locale }
}
