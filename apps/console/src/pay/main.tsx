import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { PaymentPage } from './payment-page.tsx'
import { language } from './texts.ts'

document.documentElement.lang = language
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root.')
createRoot(root).render(
  <StrictMode>
    <PaymentPage id={location.pathname.split('/').at(-1) ?? ''} />
  </StrictMode>,
)
