import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { assets, type AssetFile, type AssetId } from "./assets";
import Page from "./page.mdx";
// IMPORTS react

// What the module says is typed: each of these lines is an error if it were not.
const width: 1200 = assets["launch/cover"].width;
const blur: string = assets["launch/cover"].blurDataURL;
const webp: string = assets["launch/cover"].srcSet["image/webp"];
// @ts-expect-error there is no such picture
export const none = assets["launch/covr"];
// @ts-expect-error a picture that is imported has no URL
export const inside: AssetId = "inside";
export function write() {
  // @ts-expect-error the data is read only
  assets["hero"].width = 1;
}
export const files: readonly AssetFile[] = [...assets["hero"].variants, assets["hero"]];
console.assert(width > 0 && blur.length > 0 && webp.length > 0);

function Module() {
  return (Object.keys(assets) as AssetId[]).map((id) => {
    const { src, alt, width, height, blurDataURL, srcSet, type } = assets[id];
    const sets: Record<string, string> = srcSet;
    return (
      <section data-form="module" data-id={id} key={id}>
        <picture>
          {Object.entries(sets).map(([type, srcSet]) => (
            <source type={type} srcSet={srcSet} sizes="100vw" key={type} />
          ))}
          <img
            src={src}
            alt={alt}
            width={width}
            height={height}
            data-type={type}
            style={{ background: `center / cover url(${blurDataURL})` }}
          />
        </picture>
      </section>
    );
  });
}

function App() {
  return (
    <>
      <h1>Vite, React and MDX</h1>
      {/* SECTIONS react */}
      <Page />
      <Module />
    </>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
