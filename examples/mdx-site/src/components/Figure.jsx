export function Figure({ src, alt, width, height, caption }) {
  return (
    <figure>
      <img src={src} alt={alt} width={width} height={height} loading="lazy" />
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

export function Cover({ alt }) {
  return (
    <picture>
      <source
        type="image/avif"
        srcSet="/img/launch-640.avif 640w, /img/launch-1200.avif 1200w"
        sizes="(max-width: 760px) 100vw, 720px"
      />
      <img src="/img/launch.webp" alt={alt} width={1200} height={630} fetchPriority="high" />
    </picture>
  );
}
