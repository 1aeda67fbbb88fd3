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

/**
 * Lets the frame be painted from the page alone: the script of the colour scheme stands in it (the server allows it by
 * its hash), and the styles come after the frame.
 */
function paintFrameFirst(): Plugin {
  return {
    name: 'affluent-paint-frame-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: async (html) => {
        const script = await readFile(new URL('./public/scheme.js', import.meta.url), 'utf8')
        const styles = html.match(/ *<link rel="stylesheet"[^>]*>\n/g) ?? []
        return styles
          .reduce((page, link) => page.replace(link, ''), html)
          .replace('<script src="/scheme.js"></script>', () => `<script>${script}</script>`)
          .replace('</body>', () => `${styles.join('')}  </body>`)
      },
    },
  }
}

export default defineConfig({
  plugins: [paintFrameFirst(), precompress()],
  base: '/',
  // The condition `source` makes @affluent/* resolve to src, so that no package must be built first.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // All styles come with the frame: a room is one file less to wait for, and none can miss its own.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 800,
    // "use client" is for servers that render; we have none.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // A few files instead of a hundred small ones: what each screen needs comes at once, rooms stay apart.
      output: {
        codeSplitting: {
          groups: [
            // One file for each language: nobody loads the other one's words.
            { name: 'french', test: /words[\/]fr[\/]|rooms[\/]\w+[\/]french\.ts/, priority: 2 },
            { name: 'english', test: /words[\/]en[\/]|rooms[\/]\w+[\/]english\.ts/, priority: 2 },
            // What every screen stands on, its styles too: few files, for a browser asks for six at a time.
            {
              name: 'frame',
              test: /console[\/]src[\/](api|app|look|pieces)[\/]|rooms[\/](rooms|\w+[\/](room|tell-apart|[\w-]+-search))\.ts|[\/]protocol[\/]|@tabler|preload-helper|(@mantine|@fontsource).*\.css$/,
              priority: 1,
            },
            {
              name: 'kit',
              test: /node_modules[\/](react|react-dom|scheduler|@tanstack|i18next|react-i18next)[\/]/,
            },
            { name: 'mantine', test: /node_modules[\/]@(mantine|floating-ui)[\/]/ },
          ],
        },
      },
    },
  },
  // The host stays that of the page: the server takes no change from a foreign origin.
  server: { proxy: { '/v1': PROXIED, '/readyz': PROXIED, '/openapi.json': PROXIED } },
})
