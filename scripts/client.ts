/** Writes the client's document and types as the API now describes itself. */
import { generateClient, writeClient } from './generate-client.ts'

writeClient(generateClient())
