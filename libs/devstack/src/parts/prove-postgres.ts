import postgres from 'postgres'

/** Asks the server at `url` for its data folder; whatever answers SQL will do elsewhere. */
export async function provePostgres(url: string): Promise<{ directory: string }> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    const rows = await sql<{ directory: string | null }[]>`
      select 1, current_setting('data_directory', true) as directory`
    return { directory: rows[0]?.directory ?? '' }
  } finally {
    await sql.end({ timeout: 1 })
  }
}
