const SECRET_BYTES = 32

/** A secret as Standard Webhooks writes it, of 256 bits. */
export function newWebhookSecret(randomBytes: (count: number) => Uint8Array): string {
  const binary = String.fromCharCode(...randomBytes(SECRET_BYTES))
  return `whsec_${btoa(binary)}`
}
