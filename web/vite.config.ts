// The bundle that the binary serves (src/web/panel.h): hashed names below /assets/panel/, no inline script or style, since the
// page's Content-Security-Policy permits none.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** The theme is chosen before anything is painted: a small script of its own, which blocks, unlike modules. */
function themeBeforePaint(): Plugin {
  const source = readFileSync(new URL('./src/theme_before_paint.js', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
  const fileName = `assets/panel/theme-${hash}.js`;
  return {
    name: 'theme-before-paint',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source });
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `/${fileName}` }, injectTo: 'head-prepend' }],
  };
}

export default defineConfig({
  base: '/',
  plugins: [themeBeforePaint()],
  build: {
    assetsDir: 'assets/panel',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    sourcemap: false,
    reportCompressedSize: false,
  },
});
