import { AppError } from '@coffer/errors/app-error'

/** What a part is made of could not be brought; mostly there is no network. */
export class DownloadError extends AppError {
  readonly code = 'DEVSTACK_DOWNLOAD'

  constructor({ what, by, output }: { what: string; by: 'Maven' | 'Docker'; output: string }) {
    const lines = output.trim().split('\n')
    const reason = lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? ''
    super(
      `${by} could not download ${what}. Check the network and the mirrors ${by} is set to ` +
        `use, then start again. It said: ${reason}`,
      { retry: 'retry', details: { what, by, output } },
    )
  }
}
