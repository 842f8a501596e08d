import createMDX from "@next/mdx";

export default createMDX({})({
  pageExtensions: ["tsx", "mdx"],
  turbopack: { root: new URL("../..", import.meta.url).pathname.replace(/\/$/, "") }, // where node_modules lies
});
