/** The body of a webhook by Standard Webhooks; `data` is JSON and goes in as it is. */
export const webhookBody = (event: { type: string; time: string; data: string }): string =>
  `{"type":${JSON.stringify(event.type)},"timestamp":${JSON.stringify(event.time)},"data":${event.data}}`

/**
 * The same for the same event at every attempt and every endpoint, by which receivers know a repeat.
 * A dot would end it in what is signed.
 */
export const webhookId = (eventId: string): string => eventId.replaceAll('.', '~')
