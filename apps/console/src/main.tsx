import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onFailure, resume } from './access.ts'
import { chooseLanguage, preferredLanguage } from './i18n/texts.ts'
import { router } from './router.tsx'
import { applyTheme, storedTheme } from './theme.ts'

applyTheme(storedTheme())
await Promise.all([chooseLanguage(preferredLanguage()), resume()])

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: onFailure }),
  mutationCache: new MutationCache({ onError: onFailure }),
  // The client itself has tried again what may pass.
  defaultOptions: { queries: { retry: false, staleTime: 1_000 } },
})
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root.')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
