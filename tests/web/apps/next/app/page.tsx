import Image from "next/image";
import { assets, type AssetId } from "@/src/assets";
// IMPORTS next
// IMPORTS react

export default function Page() {
  return (
    <main>
      <h1>Next</h1>
      {/* SECTIONS next */}
      {/* SECTIONS react */}
      {(Object.keys(assets) as AssetId[]).map((id) => (
        <section data-form="module" data-id={id} key={id}>
          <Image src={assets[id]} alt={assets[id].alt} placeholder="blur" />
        </section>
      ))}
      <section data-form="module" data-id="hero">
        <Image
          src={assets.hero.src}
          alt={assets.hero.alt}
          width={assets.hero.width}
          height={assets.hero.height}
          placeholder="blur"
          blurDataURL={assets.hero.blurDataURL}
        />
      </section>
    </main>
  );
}
