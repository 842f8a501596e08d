// The page: the grid, one picture, and the keys.

import { button, h, icon, say, tell } from "./dom.js";
import { commandLine, DetailView } from "./detail.js";
import { Filters, searchBox } from "./filters.js";
import { Grid } from "./grid.js";
import { act, changes, detailOf, isFile, listing, progress } from "./source.js";
import { nextGround, wholePicture } from "./view.js";

const keysHelp = [
  ["← → ↑ ↓", "Move in the grid; previous and next picture"],
  ["Enter", "Open the picture"],
  ["Esc", "Back to all pictures"],
  ["/", "Search"],
  ["V", "Next view: picture, candidates, before and after, …"],
  ["C", "Next way to compare: slider, flip, side by side"],
  ["F", "Hold to see the earlier picture (flip)"],
  ["+ −", "Larger, smaller"],
  ["0", "Whole picture"],
  ["Z", "100%: one pixel for one pixel"],
  ["Shift + ← → ↑ ↓", "Move in a large picture"],
  ["1 – 9", "Pick a candidate"],
  ["A", "Approve"],
  ["R", "Refine: say what changes, draw a box"],
  ["U", "Undo, or take the approval back"],
  ["G", "Ground: plain, white, black, checks"],
  ["?", "This help"],
];

class Page {
  constructor(first) {
    this.listing = first;
    this.filters = new Filters(() => this.filter());
    this.grid = new Grid((id) => this.open(id));
    this.detail = new DetailView({ next: (step) => this.step(step), back: () => this.close(), act: (offer, more) => this.act(offer, more), pick: (option) => this.pick(option), send: (what) => this.send(what) });
    this.undos = [];
    this.help = this.helpDialog();
    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.failure = h("div", { class: "notice failure", role: "alert", hidden: true });
    const tools = h(
      "div",
      { class: "right" },
      button("", () => this.ground(), { class: "square", "aria-label": "Change the ground", title: "Ground (G)" }, icon("ground")),
      button("", () => this.help.showModal(), { class: "square", "aria-label": "Keys", title: "Keys (?)" }, icon("help")),
    );
    this.overview = h("div", { class: "overview" }, this.filters.element, this.emptyNote(), this.grid.element);
    this.header = h("header", { class: "top" }, h("h1", { class: "brand" }, h("b", {}, "Review"), h("span", {}, first.project)), searchBox(this.filters), tools);
    document.getElementById("app").replaceChildren(
      h("a", { class: "skip", href: "#grid", on: { click: (event) => this.skip(event) } }, "Skip to the pictures"),
      this.header,
      h("main", {}, this.notice, this.failure, this.overview, this.detail.element),
      h("div", { id: "said", role: "status", class: "said" }),
      h("div", { id: "told", role: "status", class: "told" }),
      this.help,
    );
    document.title = `Review · ${first.project}`;
    addEventListener("keydown", (event) => this.keys(event));
    addEventListener("keyup", (event) => {
      if (event.key.toLowerCase() === "f") this.detail.stage?.flip?.(false);
    });
    addEventListener("hashchange", () => this.route());
    this.update(first);
    if (first.has_git) this.filters.again().then(() => this.filter());
    this.route();
    if (!this.current) this.grid.element.focus({ preventScroll: true });
    if (!isFile) this.follow();
  }

  emptyNote() {
    this.empty = h("div", { class: "empty", hidden: true });
    return this.empty;
  }

  helpDialog() {
    const known = isFile ? keysHelp.filter(([keys]) => !['1 – 9', 'A', 'R', 'U'].includes(keys)) : keysHelp;
    const rows = known.map(([keys, words]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, words)));
    const close = button("Close", () => dialog.close(), { class: "primary" });
    const dialog = h("dialog", { class: "help", "aria-labelledby": "help-title" }, h("h2", { id: "help-title", tabindex: "-1", autofocus: true }, "Keys"), h("dl", {}, ...rows), close);
    return dialog;
  }

  skip(event) {
    event.preventDefault();
    this.grid.element.focus();
  }

  // -- data ------------------------------------------------------------------------------------

  update(found) {
    this.listing = found;
    const words = found.problem ? `Not up to date: ${found.problem}` : found.left_out || "";
    this.notice.textContent = words;
    this.notice.hidden = !words;
    this.filters.offer(found);
    this.filter();
  }

  filter() {
    this.rows = this.filters.rows();
    this.grid.show(this.rows, (row) => this.badges(row));
    this.empty.hidden = this.rows.length > 0;
    this.empty.textContent = this.listing.assets.length ? "No picture matches these filters." : "assets.toml lists no pictures yet.";
    this.grid.element.hidden = this.rows.length === 0;
    if (this.current) this.showDetail();
  }

  badges(row) {
    const { earlier } = this.filters;
    const found = row.approved ? ["approved"] : [];
    if (earlier && row.id in earlier.pictures) found.push(earlier.pictures[row.id] ? "changed" : "new");
    return found;
  }

  async follow() {
    for (;;) {
      try {
        const { revision } = await changes(this.listing.revision);
        if (revision === this.listing.revision) continue;
        await this.renew();
      } catch (error) {
        this.notice.textContent = error.status === 403 ? error.message : "The review has ended. Run assetgen review again.";
        this.notice.hidden = false;
        if (error.status === 403) return;
        await new Promise((done) => setTimeout(done, 3000));
      }
    }
  }

  // -- one picture -----------------------------------------------------------------------------

  open(id) {
    location.hash = `#/${id}`;
  }

  close() {
    location.hash = "#/";
  }

  async route() {
    this.failure.hidden = true;
    const id = decodeURIComponent(location.hash.replace(/^#\/?/, ""));
    if (id && this.listing.assets.some((row) => row.id === id)) {
      if (id !== this.current) wholePicture();
      await this.load(id);
      return;
    }
    const was = this.current;
    this.current = null;
    this.detail.element.hidden = true;
    this.overview.hidden = false;
    this.header.hidden = false;
    document.title = `Review · ${this.listing.project}`;
    if (was) {
      scrollTo(0, 0);
      this.grid.measure();
      const index = this.rows.findIndex((row) => row.id === was);
      if (index >= 0) this.grid.choose(index);
      this.grid.element.focus({ preventScroll: true });
    }
  }

  async load(id) {
    const isNew = id !== this.current;
    this.current = id;
    let found;
    try {
      found = await detailOf(id);
    } catch (error) {
      say(error.message);
      return;
    }
    if (this.current !== id) return;
    this.shown = found;
    this.overview.hidden = true;
    this.header.hidden = true;
    this.detail.element.hidden = false;
    document.title = `${id} · Review`;
    this.showDetail();
    if (isNew) {
      scrollTo(0, 0);
      this.detail.facts.scrollTo(0, 0);
      this.detail.area.focus({ preventScroll: true });
      tell(`${id}, ${found.summary.state}`);
    }
  }

  showDetail() {
    if (!this.shown || this.shown.id !== this.current) return;
    const index = this.rows.findIndex((row) => row.id === this.current);
    const place = index < 0 ? "" : `${index + 1} of ${this.rows.length}`;
    const { earlier } = this.filters;
    const before = earlier ? earlier.pictures[this.current] : undefined;
    this.detail.show(this.shown, before, place, earlier && earlier.name);
  }

  step(by) {
    if (!this.rows.length) return;
    const index = this.rows.findIndex((row) => row.id === this.current);
    const row = this.rows[Math.min(this.rows.length - 1, Math.max(0, index + by))];
    if (row && row.id !== this.current) this.open(row.id);
  }

  // -- actions ---------------------------------------------------------------------------------

  // Does what an offer says, about what is shown now.
  act(offer, more) {
    const { summary } = this.shown;
    return this.perform({ action: offer.action, id: summary.id, picture: summary.picture, ...more });
  }

  pick(option) {
    if (option.picture) return this.perform({ action: "pick", id: this.current, candidate: option.sha256 });
    say("Its bytes are not in this clone");
  }

  // Does an action; what it answered, or nothing if it failed.
  async send(what) {
    if (what.action !== "price") return this.perform(what);
    try {
      this.complain(null);
      return await act(what);
    } catch (error) {
      this.complain(error);
      return null;
    }
  }

  // Asks what the action is at, until it has ended.
  async watchProgress() {
    while (this.acting) {
      await new Promise((done) => setTimeout(done, 700));
      const found = this.acting && (await progress().catch(() => null));
      if (found) this.detail.refinement?.at(found);
    }
  }

  async perform(what) {
    if (this.acting) return null;
    this.acting = true;
    document.documentElement.classList.add("busy");
    if (what.action === "refine") this.watchProgress();
    try {
      const done = await act(what);
      if (what.action === "refine") this.detail.endRefining();
      if (done.undo) this.undos.push(done.undo);
      if (this.detail.note) this.detail.note.value = "";
      say(done.words.split("\n")[0] + (done.undo ? ". U takes it back" : ""));
      this.complain(done.uncommitted);
      await this.renew();
      return done;
    } catch (error) {
      this.complain(error);
      return null;
    } finally {
      this.acting = false;
      document.documentElement.classList.remove("busy");
    }
  }

  // Says what went wrong, and what settles it, until something else is done.
  complain(error) {
    this.failure.hidden = !error;
    if (!error) return;
    const words = error.what || error.message;
    const line = error.cure ? commandLine(error.cure) : null;
    this.failure.replaceChildren(h("p", {}, words), ...(line ? [line] : []));
    this.failure.scrollIntoView({ block: "nearest" });
  }

  undo() {
    const last = this.undos.pop();
    if (last) return this.perform(last);
    const offer = this.current && this.detail.offer("U");
    if (offer) return this.act(offer, {});
    say("There is nothing to undo");
  }

  async renew() {
    const [found] = await Promise.all([listing(), this.filters.again()]);
    this.update(found);
    if (this.current) await this.load(this.current);
  }

  ground() {
    say(`Ground: ${nextGround()}`);
  }

  // -- keys ------------------------------------------------------------------------------------

  keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    const typing = event.target.closest("input:not([type=range]):not([type=checkbox]), textarea, select");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const handled = this.current ? this.detailKey(event) : this.overviewKey(event);
    if (handled) event.preventDefault();
  }

  commonKey(event) {
    const jobs = { "?": () => this.help.showModal(), g: () => this.ground() };
    if (!isFile) jobs.u = () => this.undo();
    const job = jobs[event.key.toLowerCase()];
    job?.();
    return Boolean(job);
  }

  overviewKey(event) {
    if (event.key === "/") {
      this.filters.search.focus();
      return true;
    }
    return this.commonKey(event);
  }

  detailKey(event) {
    const { stage } = this.detail;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey) {
      stage?.move(...arrow);
      return Boolean(stage);
    }
    const isRange = event.target.type === "range";
    if (arrow && !isRange && arrow[0] && !event.target.closest(".scroller")) {
      this.step(arrow[0]);
      return true;
    }
    const jobs = {
      escape: () => (this.detail.refinement ? this.detail.endRefining() : this.close()),
      r: () => this.detail.refine(),
      "+": () => stage?.by(1.4),
      "=": () => stage?.by(1.4),
      "-": () => stage?.by(1 / 1.4),
      0: wholePicture,
      z: () => stage?.actual(),
      v: () => this.nextMode(),
      c: () => this.nextWay(),
      f: () => stage?.flip?.(true),
    };
    const key = event.key.toLowerCase();
    if (/^[1-9]$/.test(key) && !isFile && this.detail.has("candidates")) {
      const option = this.detail.shownOptions()[Number(key) - 1];
      if (!event.repeat && option && this.detail.mode === "candidates") this.pick(option);
      else if (option) this.detail.choose("candidates");
      return true;
    }
    const offer = key !== "u" && this.detail.offer(key.toUpperCase());
    const job = offer ? () => this.detail.press(offer) : jobs[key];
    if (event.repeat && offer) return true;
    job?.();
    return Boolean(job) || this.commonKey(event);
  }

  nextMode() {
    const known = ["picture", "candidates", "compare", "pages", "card"].filter((mode) => this.detail.has(mode));
    const mode = known[(known.indexOf(this.detail.mode) + 1) % known.length];
    this.detail.choose(mode);
    tell(`View: ${mode}`);
  }

  nextWay() {
    if (!this.detail.has("compare")) return;
    const ways = ["slider", "flip", "beside"];
    if (this.detail.mode === "compare") this.detail.way = ways[(ways.indexOf(this.detail.way) + 1) % ways.length];
    this.detail.choose("compare");
    tell(`Compare: ${this.detail.way}`);
  }
}

async function begin() {
  try {
    const found = await listing();
    new Page(found);
    performance.mark("shown");
  } catch (error) {
    const words = error.status === 403 ? "This tab has no session. Close it, and run assetgen review again." : error.message;
    document.getElementById("app").replaceChildren(h("p", { class: "boot", role: "alert" }, words));
  }
}

begin();
