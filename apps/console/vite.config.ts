import { defineConfig } from 'vite'

/** Two pages: the console, and what a payer sees, which loads nothing of the console's own. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  build: {
    target: 'es2022',
    // The pages' policy allows no code and no picture that stands in the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        console: `${import.meta.dirname}/index.html`,
        pay: `${import.meta.dirname}/pay.html`,
      },
    },
  },
})
