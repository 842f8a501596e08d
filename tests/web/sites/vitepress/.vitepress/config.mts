import { defineConfig } from "vitepress";

const base = "/docs/";

export default defineConfig({
  title: "A site",
  base: "/docs/",
  srcExclude: ["**/README.md"],
  head: [
    ["link", { rel: "icon", href: "/root_icon.png" }],
    ["link", { rel: "icon", href: "/docs/ok_icon_below.png" }],
    ["link", { rel: "icon", href: `${base}ok_icon.png` }],
    ["meta", { property: "og:image", content: "https://example.org/docs/ok_social.png" }],
  ],
  themeConfig: {
    logo: "/ok_logo.png",
    nav: [{ text: "Guide", link: "/guide/start" }],
  },
});
