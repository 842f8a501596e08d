// The grid of all pictures. Only the cards that are in sight exist, so thousands scroll smoothly.

import { h } from "./dom.js";
import { thumbnailAddress } from "./source.js";

const gap = 20;
const caption = 62;

export class Grid {
  constructor(open) {
    this.open = open;
    this.rows = [];
    this.chosen = 0;
    this.cards = new Map();
    this.space = h("div", { class: "space", role: "presentation" });
    this.element = h(
      "div",
      {
        class: "grid",
        role: "listbox",
        tabindex: "0",
        id: "grid",
        "aria-label": "Pictures",
        on: { keydown: (event) => this.keys(event), scroll: () => this.later(), focus: () => this.mark() },
      },
      this.space,
    );
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.element);
  }

  show(rows, badges) {
    const was = this.rows[this.chosen];
    this.rows = rows;
    this.badges = badges;
    const again = was ? rows.findIndex((row) => row.id === was.id) : 0;
    this.chosen = Math.max(0, again);
    for (const card of this.cards.values()) card.remove();
    this.cards.clear();
    this.measure();
  }

  choose(index) {
    this.chosen = Math.min(this.rows.length - 1, Math.max(0, index));
    this.reveal();
    this.draw();
  }

  measure() {
    const width = this.element.clientWidth - 2 * this.inset();
    if (width <= 0) return;
    const least = width < 620 ? 150 : 216;
    const between = width < 620 ? 12 : gap;
    this.between = between;
    this.columns = Math.max(1, Math.floor((width + between) / (least + between)));
    this.wide = (width - between * (this.columns - 1)) / this.columns;
    this.high = Math.round(this.wide * 0.66) + caption;
    const lines = Math.ceil(this.rows.length / this.columns);
    this.space.style.height = `${lines * (this.high + between)}px`;
    this.draw(true);
  }

  inset() {
    return parseFloat(getComputedStyle(this.element).paddingLeft);
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  draw(anew) {
    if (!this.columns) return;
    const step = this.high + this.between;
    const top = this.element.scrollTop;
    const first = Math.max(0, Math.floor(top / step) - 1) * this.columns;
    const last = Math.min(this.rows.length, (Math.ceil((top + this.element.clientHeight) / step) + 1) * this.columns);
    const wanted = new Set();
    for (let index = first; index < last; index++) wanted.add(index);
    if (this.rows.length) wanted.add(this.chosen);
    for (const [index, card] of this.cards) {
      if (!wanted.has(index)) {
        card.remove();
        this.cards.delete(index);
      }
    }
    for (const index of wanted) {
      let card = this.cards.get(index);
      if (!card) {
        card = this.card(index);
        this.cards.set(index, card);
        this.space.append(card);
        anew = true;
      }
      if (anew) this.place(card, index);
      card.setAttribute("aria-selected", index === this.chosen ? "true" : "false");
    }
    this.mark();
  }

  mark() {
    if (this.rows.length) this.element.setAttribute("aria-activedescendant", `card-${this.chosen}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  place(card, index) {
    const column = index % this.columns;
    const line = Math.floor(index / this.columns);
    card.style.width = `${this.wide}px`;
    card.style.height = `${this.high}px`;
    card.style.transform = `translate(${column * (this.wide + this.between)}px, ${line * (this.high + this.between)}px)`;
  }

  card(index) {
    const row = this.rows[index];
    const picture = h("div", { class: "thumb" });
    if (row.picture) {
      const shown = h("img", { alt: "", decoding: "async" });
      shown.addEventListener("load", () => shown.classList.add("here"));
      thumbnailAddress(row.picture).then(
        (url) => {
          shown.src = url;
        },
        () => picture.replaceChildren(h("span", { class: "none" }, "Cannot be shown")),
      );
      picture.append(shown);
    } else {
      picture.classList.add("absent");
      picture.append(h("span", { class: "none" }, row.state === "undecided" ? "Waiting for a pick" : "Not made yet"));
    }
    const more = this.badges(row);
    return h(
      "div",
      {
        class: "card",
        role: "option",
        id: `card-${index}`,
        "aria-selected": "false",
        "aria-setsize": this.rows.length,
        "aria-posinset": index + 1,
        on: {
          click: () => {
            this.choose(index);
            this.open(row.id);
          },
        },
      },
      picture,
      h("div", { class: "name" }, row.id),
      h("div", { class: "line" }, state(row.state), ...more.map((word) => h("span", { class: "badge" }, word))),
    );
  }

  reveal() {
    if (!this.columns) return;
    const step = this.high + this.between;
    const top = Math.floor(this.chosen / this.columns) * step;
    const shown = this.element.clientHeight - 2 * this.inset();
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + this.high > this.element.scrollTop + shown) this.element.scrollTop = top + this.high - shown;
  }

  keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.rows.length) return;
    const page = this.columns * Math.max(1, Math.floor(this.element.clientHeight / (this.high + this.between)));
    const moves = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.columns,
      ArrowDown: this.columns,
      PageUp: -page,
      PageDown: page,
      Home: -this.rows.length,
      End: this.rows.length,
    };
    if (event.key in moves) this.choose(this.chosen + moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.open(this.rows[this.chosen].id);
    else return;
    event.preventDefault();
  }
}

export function state(word) {
  return h("span", { class: `state ${word}` }, h("span", { class: "dot", "aria-hidden": "true" }), word);
}
