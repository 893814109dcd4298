import { AppError } from '@coffer/errors/app-error'

/** The node gave something else than hex where its answer must have it. */
export class HexError extends AppError {
  readonly code = 'EVM_HEX'

  constructor(received: string, bytes?: number) {
    super(
      `The node gave ${JSON.stringify(received.slice(0, 100))}. Expected 0x and ` +
        `${bytes === undefined ? '' : `${Math.ceil(bytes) * 2} `}hex digits.`,
      { retry: 'retry', details: { received: received.slice(0, 100) } },
    )
  }
}
