// The designs of draw.py with satori and resvg-js: node draw.mjs cover|cards COUNT ART [--flat] [--save FILE]
import { readFileSync, writeFileSync } from "node:fs";
import satori from "satori";
import { Resvg } from "@resvg/resvg-js";

const here = new URL(".", import.meta.url);
const [design, count, art, ...options] = process.argv.slice(2);
const words = JSON.parse(readFileSync(new URL("designs/words.json", here), "utf8"))[design];
const font = (weight) => ({
  name: "Inter",
  weight,
  style: "normal",
  data: readFileSync(new URL(`node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff`, here)),
});
const fonts = [400, 600, 700].map(font);

const box = (style, ...children) => ({
  type: "div",
  props: { style: { display: "flex", boxSizing: "border-box", ...style }, children: children.length === 1 ? children[0] : children },
});

function cover(title) {
  const picture = "data:image/svg+xml;base64," + readFileSync(art).toString("base64");
  const text = box(
    { flexDirection: "column", flex: 1, padding: "60px 56px 56px 64px" },
    box({ fontSize: 26, fontWeight: 600, letterSpacing: "-.015em" }, words.brand),
    box(
      { flexDirection: "column", flex: 1, justifyContent: "flex-end" },
      box({ fontSize: 24, fontWeight: 600, color: "#4f46e5", marginBottom: 16 }, words.kicker),
      box({ fontSize: 70, fontWeight: 700, lineHeight: 1.05, letterSpacing: "-.03em", textWrap: "balance" }, title),
      box({ fontSize: 28, lineHeight: 1.4, color: "#616672", marginTop: 24, textWrap: "balance" }, words.subtitle),
    ),
    box(
      { fontSize: 22, marginTop: 36, color: "#616672" },
      box({ fontWeight: 600, color: "#0f172a", marginRight: 24 }, words.author),
      box({}, words.date),
    ),
  );
  const image = { type: "img", props: { src: picture, width: 473, height: 630 } };
  return box({ width: 1200, height: 630, background: "#fff", color: "#0f172a", fontFamily: "Inter" }, text, image);
}

function cards(title) {
  const boxShadow = options.includes("--flat") ? {} : { boxShadow: "0 12px 32px rgba(15, 23, 42, .16)" };
  const card = ({ title, text }) =>
    box(
      { flexDirection: "column", width: 458, height: 274, padding: 32, borderRadius: 20, background: "#fff", ...boxShadow },
      box({ width: 64, height: 8, borderRadius: 4, background: "#4f46e5", marginBottom: 22 }),
      box({ fontSize: 32, fontWeight: 700, lineHeight: 1.2 }, title),
      box({ fontSize: 24, lineHeight: 1.4, color: "#475569", marginTop: 12 }, text),
    );
  return box(
    { width: 1600, height: 900, flexDirection: "column", padding: "64px 80px", background: "#f1f5f9", color: "#0f172a" },
    box({ fontSize: 56, fontWeight: 700, lineHeight: 1.1, letterSpacing: "-.02em" }, title),
    box({ fontSize: 28, lineHeight: 1.35, color: "#475569", marginTop: 10 }, words.subtitle),
    box({ flexWrap: "wrap", gap: 32, marginTop: 44, width: 1440 }, ...words.cards.map(card)),
  );
}

const [width, height] = design === "cover" ? [1200, 630] : [1600, 900];
let png;
for (let number = 0; number < Number(count); number++) {
  const tree = { cover, cards }[design](words.title.replace("{n}", number));
  const svg = await satori(tree, { width, height, fonts });
  png = new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
}
const save = options.indexOf("--save");
if (save >= 0) writeFileSync(options[save + 1], png);
