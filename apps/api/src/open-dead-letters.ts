import type { MessagingConfig } from '@coffer/messaging/messaging-settings'
import { openMessaging } from '@coffer/messaging/open-messaging'
import type { Producer } from '@coffer/messaging/ports'
import type { Logger } from '@coffer/telemetry/logger'
import type { DeadLetterBroker } from './dead-letter-routes.ts'

/**
 * The broker, for whoever sees to dead letters: connected when it is first asked for, since nothing
 * else of the API needs one.
 */
export function openDeadLetters(
  messaging: MessagingConfig,
  logger: Logger,
): AsyncDisposable & { open(): Promise<DeadLetterBroker> } {
  const resources = new AsyncDisposableStack()
  let opened: Promise<DeadLetterBroker> | undefined
  const openNow = async (): Promise<DeadLetterBroker> => {
    const broker = await openMessaging({ ...messaging, clientId: 'api', logger })
    let producer: Promise<Producer> | undefined
    return {
      log: resources.use(await broker.log()),
      producer: {
        async publish(messages) {
          producer ??= broker.producer().then((each) => resources.use(each))
          await (await producer).publish(messages)
        },
      },
    }
  }
  return {
    async open() {
      opened ??= openNow()
      return await opened
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  }
}
