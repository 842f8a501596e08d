// What of all pictures is shown.

import { button, counted, h, icon, say } from "./dom.js";
import { earlierInFile, isFile, since } from "./source.js";

const order = ["unmerged", "foreign", "edited", "undecided", "missing", "draft", "stale", "fresh"];

export class Filters {
  constructor(changed) {
    this.changed = changed;
    this.earlier = earlierInFile;
    this.search = h("input", {
      type: "search",
      id: "search",
      placeholder: "Search",
      "aria-label": "Search ids, texts and paths",
      autocomplete: "off",
      spellcheck: "false",
      on: { input: () => changed() },
    });
    this.state = this.choice("State");
    this.kind = this.choice("Kind");
    this.bill = this.choice("Bill");
    this.page = this.choice("Page");
    this.approval = this.choice("Approval");
    this.choices = [this.state, this.kind, this.bill, this.page, this.approval];
    this.commit = h("input", {
      type: "text",
      id: "commit",
      placeholder: "HEAD",
      "aria-label": "Commit to compare with",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "200",
    });
    this.only = h("input", { type: "checkbox", id: "only", on: { change: () => this.toggle() } });
    this.since = h("form", { class: "since", hidden: true, on: { submit: (event) => this.submit(event) } }, h("label", { class: "check" }, this.only, h("span", {}, "Changed since")), this.commit);
    this.count = h("p", { class: "count", role: "status" });
    this.clear = button("Clear", () => this.reset(), { class: "plain", hidden: true });
    this.element = h("div", { class: "filters" }, ...this.choices.map((one) => one.label), this.since, this.clear, this.count);
  }

  choice(name) {
    const select = h("select", { on: { change: () => this.changed() } });
    return { name, select, label: h("label", { class: "choice", hidden: true }, h("span", {}, name), select), value: () => select.value };
  }

  // Offers what occurs in `rows`; a filter with a single value would not filter.
  offer(listing) {
    this.listing = listing;
    const rows = listing.assets;
    this.fill(this.state, rows.map((row) => row.state), (a, b) => order.indexOf(a) - order.indexOf(b));
    this.fill(this.kind, rows.map((row) => row.kind));
    this.fill(this.bill, rows.map((row) => row.bill));
    this.fill(this.page, rows.flatMap((row) => row.pages));
    this.fill(this.approval, rows.map(judged));
    if (rows.some((row) => row.approved !== null)) this.approval.label.hidden = false;
    this.since.hidden = !(listing.has_git && (!isFile || this.earlier));
    if (isFile && this.earlier) {
      this.commit.value = this.earlier.name;
      this.commit.disabled = true;
    }
  }

  fill(one, values, compare) {
    const counts = new Map();
    for (const value of values) if (value) counts.set(value, (counts.get(value) || 0) + 1);
    const known = [...counts.keys()].sort(compare);
    const was = one.select.value;
    one.select.replaceChildren(h("option", { value: "" }, "All"), ...known.map((value) => h("option", { value }, `${value} (${counts.get(value)})`)));
    one.select.value = known.includes(was) ? was : "";
    one.label.hidden = known.length < 2 && !one.select.value;
  }

  rows() {
    const words = this.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const [state, kind, bill, page, approval] = this.choices.map((one) => one.value());
    const onlyChanged = this.only.checked && this.earlier;
    const found = this.listing.assets.filter((row) => {
      if ((state && row.state !== state) || (kind && row.kind !== kind) || (bill && row.bill !== bill)) return false;
      if (approval && judged(row) !== approval) return false;
      if (page && !row.pages.includes(page)) return false;
      if (onlyChanged && !(row.id in this.earlier.pictures)) return false;
      if (!words.length) return true;
      const text = `${row.id} ${row.alt} ${row.path} ${row.kind} ${row.pages.join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const all = this.listing.assets.length;
    this.count.textContent = found.length === all ? counted(all, "picture") : `${found.length.toLocaleString("en")} of ${counted(all, "picture")}`;
    this.clear.hidden = !(words.length || state || kind || bill || page || approval || onlyChanged);
    for (const one of this.choices) one.label.classList.toggle("used", Boolean(one.value()));
    return found;
  }

  reset() {
    this.search.value = "";
    for (const one of this.choices) one.select.value = "";
    this.only.checked = false;
    this.changed();
    this.search.focus();
  }

  submit(event) {
    event.preventDefault();
    this.only.checked = true;
    this.compare();
  }

  toggle() {
    if (this.only.checked && !this.earlier) this.compare();
    else this.changed();
  }

  // Asks what differs from the commit that is written in the field.
  async compare() {
    if (!isFile) {
      try {
        this.earlier = await since(this.commit.value.trim() || "HEAD");
      } catch (error) {
        this.earlier = null;
        this.only.checked = false;
        say(error.message);
      }
    }
    this.changed();
  }

  // After files changed: the same question again, quietly.
  async again() {
    if (isFile) return;
    try {
      this.earlier = await since((this.earlier && this.earlier.name) || "HEAD");
    } catch {
      this.earlier = null;
    }
  }
}

function judged(row) {
  if (row.approved === null) return "";
  return row.approved ? "approved" : "unapproved";
}

export function searchBox(filters) {
  return h("div", { class: "search", role: "search" }, icon("search"), filters.search);
}
