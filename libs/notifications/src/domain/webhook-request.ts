/** The body of a webhook by Standard Webhooks; `data` is JSON and goes in as it is. */
export const webhookBody = ({ type, time, data }: Record<'type' | 'time' | 'data', string>) =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(time)},"data":${data}}`

/**
 * The same for the same event at every attempt and every endpoint: receivers know a repeat by it.
 * A dot would end it in what is signed.
 */
export const webhookId = (eventId: string): string => eventId.replaceAll('.', '~')
