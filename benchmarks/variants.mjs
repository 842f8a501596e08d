// Four widths with sharp, as assetgen's encoders are set: node variants.mjs PICTURE FORMATS THREADS TIMES FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import sharp from "sharp";

const [picture, formats, threads, times, folder] = process.argv.slice(2);
sharp.concurrency(1); // the threads of one encoder; as many pictures at once as there are threads
sharp.cache(false);
const original = readFileSync(picture);
const settings = {
  webp: { quality: 80, effort: 4 },
  avif: { quality: 60, effort: 3, chromaSubsampling: "4:2:0" },
};
const jobs = formats.split(",").flatMap((format) => [320, 640, 960, 1280].map((width) => [format, width]));

for (let time = 0; time < Number(times); time++) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const [format, width] = job;
      const data = await sharp(original).resize(width).toFormat(format, settings[format]).toBuffer();
      writeFileSync(`${folder}/${width}.${format}`, data);
    }
  };
  await Promise.all(Array.from({ length: Number(threads) }, work));
}
