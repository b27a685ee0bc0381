import { defineConfig } from "vite";
import { shell } from "./worker/shell.ts";

const compat = "preact/compat";

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    // virtua is written for React; Preact's own stand-ins are small.
    alias: { "react/jsx-runtime": "preact/jsx-runtime", "react-dom": compat, react: compat },
  },
  plugins: [shell()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2023",
    sourcemap: true,
    // A data: URL would be one more thing for the security policy to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: {
        // virtua marks its files for React's servers, which there are none of here.
        moduleLevelDirective: false,
        // The service worker is a build within the build: that it takes most of the time is no news.
        pluginTimings: false,
        // The SDK loads its store where it is needed; the page always needs it.
        ineffectiveDynamicImport: false,
      },
      input: { main: `${import.meta.dirname}/index.html` },
    },
  },
});
