import { readdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

// The host of the page stays that of the request: the server takes no calls from foreign pages.
const PROXIED = { target: process.env.AFFLUENT_SERVER ?? 'http://127.0.0.1:8080', changeOrigin: false }

const DIST = new URL('./dist/assets/', import.meta.url)
const COMPRESSED_BYTES_MIN = 1_024

/** Writes each file a second and third time, packed once and for all: the server hands these out as they are. */
function precompress(): Plugin {
  return {
    name: 'affluent-precompress',
    apply: 'build',
    async closeBundle() {
      const names = (await readdir(DIST)).filter((name) => /\.(css|js|svg)$/.test(name))
      await Promise.all(
        names.map(async (name) => {
          const bytes = await readFile(new URL(name, DIST))
          if (bytes.length < COMPRESSED_BYTES_MIN) return
          await writeFile(new URL(`${name}.br`, DIST), await promisify(brotliCompress)(bytes))
          await writeFile(new URL(`${name}.gz`, DIST), await promisify(gzip)(bytes))
        }),
      )
    },
  }
}

export default defineConfig({
  plugins: [precompress()],
  base: '/',
  // The condition `source` makes @affluent/* resolve to src, so that no package must be built first.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // "use client" is for servers that render; we have none.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // A few files instead of a hundred small ones: what each screen needs comes at once, rooms stay apart.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'kit',
              test: /node_modules[\/](react|react-dom|scheduler|@tanstack|i18next|react-i18next)[\/]/,
            },
            { name: 'mantine', test: /node_modules[\/]@(mantine|floating-ui)[\/]/ },
            { name: 'pieces', test: /node_modules[\/]@tabler[\/]|console[\/]src[\/](api|pieces)[\/]/ },
          ],
        },
      },
    },
  },
  // The host stays that of the page: the server takes no change from a foreign origin.
  server: { proxy: { '/v1': PROXIED, '/readyz': PROXIED, '/openapi.json': PROXIED } },
})
