import { z } from 'zod'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const merchant = z.object({
  merchantId: z.uuid(),
  /** Grows with each change: what says an older one is passed over. */
  version: z.int().min(1),
  name: z.string().min(1),
  /** Where notices go. */
  email: z.email(),
  /** The language of notices. */
  locale: z.enum(['en', 'zh']),
})

/** Somebody may take payments from now on. */
export const merchantCreated = merchant

/** Facts about a merchant changed; these are the new ones. */
export const merchantUpdated = merchant
