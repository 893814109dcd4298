import { bullmqJobs } from '@coffer/jobs/open-jobs'
import { type RunCardChannelOptions, runCardChannel } from '@coffer/payments/run-card-channel'
import { type SandboxChannelOptions, sandboxChannel } from '@coffer/payments/sandbox-channel'
import type { Work } from '@coffer/runtime/run-until-stopped'

type Shared = Omit<RunCardChannelOptions, 'channel' | 'queues'>

export type CardChannelOptions = Shared & {
  /** How the sandbox is reached; nothing is charged where there is none. */
  sandbox: SandboxChannelOptions | undefined
  /** Of Redis, which wakes whoever charges. */
  url: string
}

/** Charges cards through the sandbox, where there is one, until stopped. */
export function cardChannel({ sandbox, url, ...shared }: CardChannelOptions): Work[] {
  if (sandbox === undefined) return []
  const { logger } = shared
  return [
    async (signal) => {
      await using resources = new AsyncDisposableStack()
      const open = (work: string) =>
        resources.use(bullmqJobs({ url, queue: `payments.${work}`, logger }))
      const queues = {
        charge: open('charge'),
        refund: open('refund'),
        statement: open('statement'),
      }
      await runCardChannel({ ...shared, channel: sandboxChannel(sandbox), queues })(signal)
    },
  ]
}
