export default function (config) {
  config.addPassthroughCopy("src/img");
  config.addPassthroughCopy("src/css");
  config.addPassthroughCopy({ pics: "gallery" });
  return {
    dir: { input: "src" },
    pathPrefix: "/docs/",
    markdownTemplateEngine: "njk",
  };
}
