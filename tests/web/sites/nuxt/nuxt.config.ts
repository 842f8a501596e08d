export default defineNuxtConfig({
  modules: ["@nuxt/content", "@nuxt/image"],
  compatibilityDate: "2026-01-01",
  telemetry: false,
  app: {
    baseURL: "/docs/",
    head: {
      link: [
        { rel: "icon", href: "/docs/ok_icon.png" },
        { rel: "icon", href: "/root_icon.png" },
      ],
    },
  },
  image: { provider: "none" },
  content: { experimental: { sqliteConnector: "native" } },
  nitro: { prerender: { routes: ["/", "/text"] } },
});
