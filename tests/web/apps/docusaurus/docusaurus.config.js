export default {
  title: "Docusaurus",
  url: "http://127.0.0.1",
  baseUrl: "/base/",
  onBrokenLinks: "ignore",
  markdown: { hooks: { onBrokenMarkdownImages: "throw" } },
  presets: [["classic", { docs: { routeBasePath: "/" }, blog: false }]],
};
