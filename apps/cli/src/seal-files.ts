import { AppError } from '@coffer/errors/app-error'
import { z } from 'zod'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

const seal = z.object({
  number: z.int().min(1),
  count: z.int().min(1),
  previous: hash,
  root: hash,
  sealedAtMs: z.int(),
  hash,
})

const signed = { algorithm: z.literal('Ed25519'), signature: z.base64(), publicKey: z.string() }

/** A file of exported seals. */
export const exportedSeals = z.object({
  format: z.literal('coffer-seals-1'),
  seals: z.array(seal).min(1),
  ...signed,
})

/** A file that proves what one transaction is. */
const transactionProof = z.object({
  format: z.literal('coffer-proof-1'),
  content: z.string(),
  index: z.int().min(0),
  path: z.array(hash).max(32),
  seal,
  ...signed,
})

/** Either of the files that can be verified. */
export const sealFile = z.discriminatedUnion('format', [exportedSeals, transactionProof])

/** Reads a file of seals. Throws {@link SealFileError}. */
export function readSealFile<Schema extends z.ZodType>(schema: Schema, text: string) {
  try {
    return schema.parse(JSON.parse(text)) as z.output<Schema>
  } catch (error) {
    throw new SealFileError(error instanceof z.ZodError ? z.prettifyError(error) : 'it is no JSON')
  }
}

export class SealFileError extends AppError {
  readonly code = 'SEAL_FILE'

  constructor(problem: string) {
    super(
      `The file holds no seals: ${problem}. Expected what \`coffer ledger export-seals\` or ` +
        '`coffer ledger prove` has written.',
      { retry: 'never', details: { problem } },
    )
  }
}
