// Where the data is from: the server of this page, or the file that contains the page.

const embedded = document.getElementById("data");
const file = embedded ? JSON.parse(embedded.textContent) : null;

export const isFile = Boolean(file);

// The key comes once, behind "#", and is only known to this tab.
function takeKey() {
  const found = /^#key=([\w-]+)$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem("key", found[1]);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("key") || "";
}
const key = isFile ? "" : takeKey();

export class Refused extends Error {
  constructor(status, said) {
    super(said.what || "the server does not answer");
    this.status = status;
    this.cure = said.cure || null;
    this.where = said.where || null;
  }
}

async function ask(path, query, options) {
  const url = `${path}?${new URLSearchParams(query || {})}`;
  let answer;
  try {
    answer = await fetch(url, { ...options, headers: { "x-assetgen-review": key, ...(options || {}).headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { what: "the server has ended" });
  }
  if (answer.ok) return answer;
  const isData = (answer.headers.get("content-type") || "").includes("json");
  throw new Refused(answer.status, isData ? await answer.json() : { what: (await answer.text()).trim() });
}

async function askData(path, query) {
  return (await ask(path, query)).json();
}

export async function listing() {
  return file ? file.listing : askData("/api/assets");
}

export async function detailOf(id) {
  return file ? file.details[id] : askData("/api/asset", { id });
}

export async function since(commit) {
  return file ? file.earlier : askData("/api/since", { commit });
}

export const earlierInFile = file ? file.earlier : null;

export async function changes(revision) {
  return askData("/api/changes", { revision });
}

export async function progress() {
  return askData("/api/progress");
}

export async function act(body) {
  const answer = await ask("/api/act", {}, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  return answer.json();
}

// -- pictures ----------------------------------------------------------------------------------
// A picture is fetched with the key and shown from memory: no tag of any page can load it.

const loaded = new Map();
const most = { thumbnail: 400, picture: 12 };

function forgetOldest(kind) {
  const own = [...loaded].filter(([, one]) => one.kind === kind);
  for (const [name, one] of own.slice(0, Math.max(0, own.length - most[kind]))) {
    loaded.delete(name);
    one.url.then((url) => URL.revokeObjectURL(url), () => {});
  }
}

function addressOf(kind, id) {
  const name = `${kind} ${id}`;
  let known = loaded.get(name);
  if (known) loaded.delete(name);
  else {
    const url = ask(`/${kind}`, { id }).then((answer) => answer.blob()).then((blob) => URL.createObjectURL(blob));
    url.catch(() => loaded.delete(name));
    known = { kind, url };
  }
  loaded.set(name, known); // the newest is last
  forgetOldest(kind);
  return known.url;
}

export async function thumbnailAddress(id) {
  if (!file) return addressOf("thumbnail", id);
  const found = file.thumbnails[id] || file.pictures[id];
  if (!found) throw new Refused(404, { what: "not in this file" });
  return found;
}

export async function pictureAddress(id) {
  if (!file) return addressOf("picture", id);
  const found = file.pictures[id] || file.thumbnails[id];
  if (!found) throw new Refused(404, { what: "not in this file: its limit was reached" });
  return found;
}
