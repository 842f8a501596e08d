// Reads images with Tesseract, whose data are in node_modules: a JSON list of paths in, lines out.
const path = require("node:path");
const readline = require("node:readline");
const { createWorker } = require("tesseract.js");

const workers = {};

function workerOf(language) {
  const data = path.dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
  workers[language] ??= createWorker(language, 1, {
    langPath: path.join(data, "4.0.0_best_int"),
    cacheMethod: "none",
    gzip: true,
  });
  return workers[language];
}

async function read(worker, file, tessedit_pageseg_mode) {
  await worker.setParameters({ tessedit_pageseg_mode });
  const { data } = await worker.recognize(file, {}, { text: true });
  return data.text.split("\n").filter((text) => text.trim()).map((text) => ({ text, box: null }));
}

(async () => {
  for await (const asked of readline.createInterface({ input: process.stdin })) {
    const { paths, language, mode } = JSON.parse(asked);
    const worker = await workerOf(language);
    const answers = [];
    for (const file of paths) answers.push(await read(worker, file, mode));
    console.log(JSON.stringify(answers));
  }
  await Promise.all(Object.values(workers).map(async (worker) => (await worker).terminate()));
})();
