// One picture: large, with everything that is known about it.

import { button, bytesInWords, counted, h, icon, say } from "./dom.js";
import { state } from "./grid.js";
import { comparison, Pane, Stage, waysToCompare } from "./stage.js";
import { quoted, Refinement } from "./refine.js";
import { isFile, pictureAddress } from "./source.js";

const modes = { picture: "Picture", candidates: "Candidates", compare: "Before and after", pages: "In pages", card: "Card" };

export class DetailView {
  // `next` opens the picture so many places further; `back` shows the grid again.
  // `act` does one of the offers.
  // `send` does an action and gives its answer.
  constructor({ next, back, act, pick, send }) {
    this.send = send;
    this.act = act;
    this.pick = pick;
    this.isBlind = false;
    this.mode = "picture";
    this.way = "slider";
    this.stage = null;
    this.title = h("h1", { class: "title", tabindex: "-1" });
    this.place = h("span", { class: "position" });
    this.tabs = h("div", { class: "tabs", role: "group", "aria-label": "View" });
    this.extra = h("div", { class: "extra" });
    this.area = h("section", { class: "look", tabindex: "0", "aria-label": "Picture" });
    this.facts = h("aside", { class: "facts", "aria-label": "About the picture" });
    this.element = h(
      "div",
      { class: "detail", hidden: true },
      h(
        "header",
        { class: "bar" },
        button("", back, { class: "back", title: "All pictures (Esc)" }, icon("back"), h("span", {}, "All pictures")),
        this.title,
        this.place,
        button("", () => next(-1), { class: "square", "aria-label": "Previous picture", title: "Previous (←)" }, icon("back")),
        button("", () => next(1), { class: "square", "aria-label": "Next picture", title: "Next (→)" }, icon("next")),
      ),
      h("div", { class: "two" }, h("div", { class: "left" }, h("div", { class: "tools" }, this.tabs, this.extra), this.area), this.facts),
    );
  }

  // Shows one picture; `before` is the id of its earlier file, undefined if it has not changed.
  show(detail, before, place, base) {
    const { refinement } = this;
    if (refinement && refinement.detail.id === detail.id) {
      const isSame = detail.base?.picture === refinement.detail.base.picture;
      if (isSame || refinement.isRunning) return; // what is being written stays
    }
    this.refinement = null;
    this.detail = detail;
    this.before = before;
    this.base = base;
    this.title.textContent = detail.id;
    this.place.textContent = place;
    const known = Object.keys(modes).filter((mode) => this.has(mode));
    if (detail.id !== this.judged) {
      this.judged = detail.id;
      if (detail.summary.state === "undecided") this.mode = "candidates";
    }
    if (!known.includes(this.mode)) this.mode = "picture";
    this.draw();
    this.facts.replaceChildren(...this.decide(), ...sections(detail, this.isBlind));
  }

  // What can be done about it now. A note that is being written stays when files change.
  decide() {
    const { detail } = this;
    if (this.refinement) return [section("Refine", this.refinement.element)];
    const known = detail.offers;
    const canRefine = Boolean(detail.base) && !isFile;
    if (!known.length && !canRefine) return [];
    const kept = this.note && this.noteOf === detail.id ? this.note.value : "";
    this.noteOf = detail.id;
    this.note = null;
    const rows = known.map((offer, index) => {
      const line = commandLine(offer.command);
      const name = [offer.words, ...(offer.key ? [h("kbd", {}, offer.key)] : [])];
      const doIt = () => this.act(offer, { note: this.note?.value.trim() || "" });
      const made = button("", doIt, { class: offer.action === "approve" ? "primary" : "second", "data-action": offer.action }, ...name);
      if (offer.action !== "approve") return h("div", { class: "offer" }, made, line);
      const code = line.querySelector("code");
      const write = () => {
        const text = this.note.value.trim();
        code.textContent = text ? `${offer.command} --note ${quoted(text)}` : offer.command;
      };
      this.note = h("input", { type: "text", class: "remark", value: kept, maxlength: "1000", placeholder: "Note (optional)", "aria-label": "Note", autocomplete: "off", on: { input: write } });
      write();
      return h("div", { class: "offer" }, h("div", { class: "row" }, made, this.note), line);
    });
    if (canRefine) {
      const made = button("", () => this.refine(), { class: "second", "data-action": "refine" }, "Refine …", h("kbd", {}, "R"));
      rows.push(h("div", { class: "offer" }, made));
    }
    return [section("Decide", ...rows)];
  }

  // Opens the form for a change of the picture.
  refine() {
    if (!this.detail.base || isFile || this.refinement) return;
    const line = commandLine("");
    this.refinement = new Refinement(this.detail, { send: this.send, end: () => this.endRefining(), line });
    this.mode = "picture";
    this.draw();
    this.facts.replaceChildren(...this.decide(), ...sections(this.detail, this.isBlind));
    this.facts.scrollTo(0, 0);
    this.refinement.say.focus();
  }

  endRefining() {
    if (!this.refinement) return;
    this.refinement = null;
    this.draw();
    this.facts.replaceChildren(...this.decide(), ...sections(this.detail, this.isBlind));
    this.area.focus({ preventScroll: true });
  }

  press(offer) {
    this.facts.querySelector(`[data-action="${offer.action}"]`)?.click();
  }

  offer(key) {
    return this.detail?.offers.find((offer) => offer.key === key);
  }

  has(mode) {
    if (mode === "candidates") return this.detail.options.length > 0;
    if (mode === "compare") return this.before !== undefined;
    if (mode === "pages") return this.detail.uses.length > 0 && Boolean(this.detail.summary.picture);
    if (mode === "card") return Boolean(this.detail.summary.picture);
    return true;
  }

  choose(mode) {
    if (!this.has(mode)) return;
    this.mode = mode;
    this.draw();
  }

  draw() {
    const { detail } = this;
    const had = document.activeElement && this.tabs.contains(document.activeElement);
    this.stage?.end();
    this.stage = null;
    this.tabs.replaceChildren(
      ...Object.entries(modes)
        .filter(([mode]) => this.has(mode))
        .map(([mode, words]) => button(words, () => this.choose(mode), { "aria-pressed": String(mode === this.mode) })),
    );
    const main = detail.summary.picture;
    if (this.refinement && this.mode !== "picture") this.refinement = null;
    if (this.refinement) {
      this.stage = this.refinement.stage;
    } else if (this.mode === "picture") {
      if (main) this.stage = new Stage([new Pane(main, "", detail.summary.alt)], "one");
      else this.area.replaceChildren(h("p", { class: "empty" }, "There is no picture yet."));
    } else if (this.mode === "candidates") {
      this.stage = this.candidates();
    } else if (this.mode === "compare") {
      this.stage = comparison(this.before, main, detail.summary.alt, this.way);
    }
    this.extra.replaceChildren();
    if (this.stage) {
      this.area.replaceChildren(this.stage.element);
      this.extra.append(...this.ways(), ...(this.stage.controls || []), this.stage.tools);
    } else if (this.mode === "pages") this.area.replaceChildren(inPages(detail));
    else if (this.mode === "card") this.area.replaceChildren(asCards(detail));
    if (had) this.tabs.querySelector('[aria-pressed="true"]').focus();
  }

  // The candidates in the order in which they are shown. Blind, that says nothing of their origin.
  shownOptions() {
    const known = [...this.detail.options];
    return this.isBlind ? known.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)) : known;
  }

  candidates() {
    const panes = this.shownOptions().map((option, index) => {
      const number = index + 1;
      const isPicked = option.picked && !this.isBlind;
      const words = isPicked ? `${number} · picked` : String(number);
      const pane = new Pane(option.picture, words, `Candidate ${number}: ${this.detail.summary.alt}`);
      if (!option.picture) pane.note.textContent = "Its bytes are not in this clone";
      pane.element.classList.toggle("picked", isPicked);
      if (!isFile) {
        const key = number < 10 ? [h("kbd", {}, number)] : [];
        pane.element.append(button("", () => this.pick(option), { class: "primary choose", title: this.isBlind ? null : option.command }, "Pick", ...key));
      }
      return pane;
    });
    const stage = new Stage(panes, "several");
    stage.area.style.setProperty("--across", Math.ceil(Math.sqrt(panes.length)));
    const hide = h("input", { type: "checkbox", checked: this.isBlind, on: { change: () => this.blind() } });
    stage.controls = [h("label", { class: "check" }, hide, h("span", {}, "Hide origin"))];
    return stage;
  }

  blind() {
    this.isBlind = !this.isBlind;
    this.draw();
    this.facts.replaceChildren(...this.decide(), ...sections(this.detail, this.isBlind));
    this.extra.querySelector("input")?.focus();
  }

  ways() {
    if (this.mode !== "compare") return [];
    const choose = (way) => {
      this.way = way;
      this.draw();
      this.extra.querySelector(".ways [aria-pressed=true]").focus();
    };
    const buttons = Object.entries(waysToCompare).map(([way, words]) =>
      button(words, () => choose(way), { "aria-pressed": String(way === this.way) }),
    );
    return [h("div", { class: "tabs ways", role: "group", "aria-label": "Compare" }, ...buttons)];
  }
}

// -- how it looks where it is used -------------------------------------------------------------

function pictureBox(id, alt, className) {
  const image = h("img", { alt, class: className });
  pictureAddress(id).then(
    (url) => {
      image.src = url;
    },
    () => image.replaceWith(h("p", { class: "note" }, "Cannot be shown")),
  );
  return image;
}

function inPages(detail) {
  const byFile = new Map(detail.files.map((file) => [file.path, file]));
  const seen = new Map();
  for (const use of detail.uses) {
    const shown = byFile.get(use.file);
    const name = `${use.file} ${use.width} ${use.height}`;
    if (!seen.has(name)) seen.set(name, { use, shown, places: [] });
    seen.get(name).places.push(`${use.page}:${use.line}`);
  }
  return h(
    "div",
    { class: "used" },
    ...[...seen.values()].map(({ use, shown, places }) => {
      const declared = use.width || use.height;
      const id = (shown && shown.picture) || detail.summary.picture;
      const image = pictureBox(id, use.alt ?? detail.summary.alt, "sized");
      if (use.width) image.style.width = `${use.width}px`;
      if (use.height) image.style.height = `${use.height}px`;
      const size = declared ? `${use.width ?? "auto"} × ${use.height ?? "auto"}` : "No size declared: shown at its own size";
      const more = places.length > 1 ? ` and ${counted(places.length - 1, "more place")}` : "";
      return h("figure", { class: "use" }, h("figcaption", {}, h("strong", {}, size), h("span", {}, `${places[0]}${more}`)), h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": `${detail.id} as in ${places[0]}` }, image));
    }),
  );
}

const cards = [
  { name: "Large card, 1200 × 630", words: "Facebook, LinkedIn, X, Slack, Discord", ratio: 1200 / 630, className: "wide" },
  { name: "Small card, square", words: "WhatsApp, search results, X summary", ratio: 1, className: "tiny" },
];

function asCards(detail) {
  const main = detail.files[0];
  return h(
    "div",
    { class: "cards" },
    ...cards.map((card) => {
      const lost = main && main.width ? cropped(main.width / main.height, card.ratio) : "";
      return h(
        "figure",
        { class: "use" },
        h("figcaption", {}, h("strong", {}, card.name), h("span", {}, card.words), lost && h("span", { class: "lost" }, lost)),
        h(
          "div",
          { class: `preview ${card.className}` },
          pictureBox(detail.summary.picture, detail.summary.alt, "crop"),
          h("div", { class: "words" }, h("span", {}, "example.org"), h("b", {}, detail.summary.pages[0] || detail.id)),
        ),
      );
    }),
  );
}

function cropped(own, asked) {
  const part = own > asked ? 1 - asked / own : 1 - own / asked;
  if (part < 0.005) return "";
  return `${Math.round(part * 100)}% is cut off, ${own > asked ? "left and right" : "top and bottom"}`;
}

// -- what is known -----------------------------------------------------------------------------

function section(name, ...children) {
  return h("section", {}, h("h2", {}, name), ...children);
}

function copied(text) {
  navigator.clipboard.writeText(text).then(
    () => say("Copied"),
    () => say("Not copied: select the text instead"),
  );
}

export function commandLine(text) {
  return h(
    "div",
    { class: "command" },
    h("code", { tabindex: "0" }, text),
    button("", () => copied(text), { class: "square", "aria-label": `Copy: ${text}`, title: "Copy" }, icon("copy")),
  );
}

function sections(detail, isBlind) {
  const { summary } = detail;
  const found = [
    section("Alternative text", summary.alt ? h("p", { class: "alt" }, summary.alt) : h("p", { class: "quiet" }, "Empty: the picture is decorative.")),
    section("State", h("p", {}, state(summary.state)), ...reasons(detail)),
  ];
  if (detail.approval) found.push(section("Approval", approval(detail)));
  if (detail.problem) found.push(section("Record", h("p", { class: "warning" }, detail.problem)));
  if (detail.steps.length) found.push(section("Refined", h("ol", { class: "steps" }, ...detail.steps.map((step) => h("li", {}, step)))));
  if (detail.prompt) found.push(section("Prompt", h("p", { class: "prompt" }, detail.prompt)));
  if (detail.options.length && !isBlind) found.push(section("Candidates", ...detail.options.map(optionRow)));
  if (detail.revised && !isBlind) found.push(section("Prompt as the model rewrote it", h("p", { class: "prompt" }, detail.revised)));
  found.push(section("Made by", pairs([["Kind", summary.kind], ["Model", detail.model], ["Bill", detail.bill || summary.bill], ["Cost", detail.cost]])));
  found.push(section("Files", ...detail.files.map(fileRow)));
  if (detail.uses.length) found.push(section("Named by", usesList(detail)));
  else found.push(section("Named by", h("p", { class: "quiet" }, "No page names it.")));
  if (detail.record.length) {
    found.push(h("details", {}, h("summary", {}, "The whole record"), pairs(detail.record)));
  }
  return found;
}

function optionRow(option) {
  return h(
    "div",
    { class: "option" },
    h("p", {}, h("b", {}, `${option.number}${option.picked ? " · picked" : ""}`), h("small", {}, [option.facts, option.origin].filter(Boolean).join(" · "))),
    option.revised && h("p", { class: "quiet clamp", title: option.revised }, option.revised),
    isFile ? null : commandLine(option.command),
  );
}

function approval(detail) {
  if (detail.summary.approved) return h("p", { class: "approved" }, icon("check"), h("span", {}, `Approved ${detail.approval}`));
  const why = detail.approval.replace(/^no: /, "");
  return h("p", { class: "quiet" }, why === "no one has approved it" ? "No one has approved it." : `Not approved: ${why}`);
}

function reasons(detail) {
  const rows = detail.reasons.map((one) =>
    h("li", {}, h("b", {}, one.field), one.old !== null && h("del", {}, one.old), one.new !== null && h("ins", {}, one.new)),
  );
  const shown = rows.length ? [h("ul", { class: "reasons" }, ...rows)] : [];
  return detail.cure ? [...shown, commandLine(detail.cure)] : shown;
}

function pairs(rows) {
  const known = rows.filter(([, value]) => value);
  return h("dl", {}, ...known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function fileRow(file) {
  const facts = file.width ? `${file.width} × ${file.height} · ${file.format} · ${bytesInWords(file.bytes)}` : file.problem || "missing";
  return h("p", { class: "file" }, h("span", {}, file.path), h("small", {}, facts));
}

function usesList(detail) {
  const rows = detail.uses.map((use) =>
    h("li", {}, h("code", {}, `${use.page}:${use.line}`), use.width && use.height && h("small", {}, `${use.width} × ${use.height}`)),
  );
  const more = detail.more_uses ? h("p", { class: "quiet" }, `and ${counted(detail.more_uses, "more place")}`) : null;
  return h("div", {}, h("ul", { class: "uses" }, ...rows), more);
}
