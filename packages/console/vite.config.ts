import { defineConfig } from 'vite'

export default defineConfig({
  // The same files work at / and at /console/.
  base: './',
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  server: { proxy: { '/readyz': 'http://127.0.0.1:8080', '/openapi.json': 'http://127.0.0.1:8080' } },
})
