import { writeSync } from 'node:fs'
import { silentLogger } from '@coffer/telemetry/logger'
import { openMessaging } from '../open-messaging.ts'

/**
 * A member of a group in a process of its own, so that a test can kill it: writes each value that
 * it handles to its output. Its arguments are the broker's configuration and the member's, as JSON.
 */
const [messaging, member] = process.argv.slice(2).map((argument) => JSON.parse(argument))
const { consumer } = await openMessaging({ ...messaging, clientId: 'member', logger: silentLogger })
await consumer(member).run(async (deliveries) => {
  for (const { value } of deliveries) writeSync(1, `${value}\n`)
}, new AbortController().signal)
