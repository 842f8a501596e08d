import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";

export default defineConfig({
  site: "https://example.org",
  base: "/docs/",
  integrations: [
    starlight({
      title: "A site",
      logo: { src: "./src/assets/ok_logo.png", alt: "A picture" },
      favicon: "/ok_favicon.png",
      pagefind: false,
      customCss: ["./src/style.css"],
      head: [
        { tag: "link", attrs: { rel: "apple-touch-icon", href: "/docs/ok_icon_below.png" } },
        { tag: "link", attrs: { rel: "apple-touch-icon", href: "/root_icon.png" } },
      ],
    }),
  ],
});
