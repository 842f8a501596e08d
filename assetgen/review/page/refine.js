// Changing a part of a picture: what to say, a box drawn on it, its price, and what it is at.

import { button, h } from "./dom.js";
import { pictureAddress } from "./source.js";
import { Pane, Stage } from "./stage.js";

// One word of a shell.
export function quoted(text) {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

export class Refinement {
  // `send` does an action and gives its answer; `end` closes the form.
  constructor(detail, { send, end, line }) {
    this.detail = detail;
    this.send = send;
    this.end = end;
    this.say = h("textarea", { rows: "3", maxlength: "32000", id: "say", on: { input: () => this.changed() } });
    this.sides = ["Left", "Top", "Width", "Height"].map((name) =>
      h("input", { type: "number", min: "0", step: "1", inputmode: "numeric", "aria-label": `${name} in pixels`, placeholder: name, on: { input: () => this.changed() } }),
    );
    this.number = h("input", { type: "number", min: "1", max: "10", step: "1", placeholder: "1", id: "number", on: { input: () => this.changed() } });
    this.line = line;
    this.code = line.querySelector("code");
    this.price = h("p", { class: "price", role: "status" });
    this.buy = button("Buy", () => this.go(), { class: "primary", hidden: true });
    this.ask = button("Show the price", () => this.cost(), { class: "primary" });
    this.element = h(
      "form",
      { class: "refine", on: { submit: (event) => event.preventDefault() } },
      h("label", { for: "say" }, "What should change?"),
      this.say,
      h("fieldset", {}, h("legend", {}, "Only in this part, in pixels"), h("div", { class: "sides" }, ...this.sides), h("p", { class: "quiet" }, "Drag on the picture to draw it, or leave it empty.")),
      h("label", { for: "number" }, "How many to choose from"),
      this.number,
      line,
      this.price,
      h("div", { class: "row" }, this.ask, this.buy, button("Cancel", end, {})),
    );
    this.stage = this.drawn();
    this.changed();
  }

  get box() {
    const found = this.sides.map((side) => side.value.trim());
    return found.every(Boolean) ? found.map(Number) : null;
  }

  get asked() {
    const number = Number(this.number.value) || null;
    return { id: this.detail.id, say: this.say.value.trim(), box: this.box, candidates: number };
  }

  changed() {
    const { say, box, candidates } = this.asked;
    let text = `assetgen refine ${this.detail.id} ${quoted(say || "…")}`;
    if (box) text += ` --box ${box.join(",")}`;
    if (candidates) text += ` --candidates ${candidates}`;
    this.code.textContent = text;
    this.price.textContent = "";
    this.buy.hidden = true;
    this.ask.hidden = false;
    this.mark();
  }

  async cost() {
    if (!this.say.value.trim()) {
      this.say.focus();
      return;
    }
    const said = await this.send({ action: "price", ...this.asked });
    if (!said) return;
    this.price.textContent = `Price: ${said.words}. Nothing has been sent yet.`;
    this.ask.hidden = true;
    this.buy.hidden = false;
    this.buy.focus();
  }

  async go() {
    this.buy.disabled = true;
    this.isRunning = true;
    const done = await this.send({ action: "refine", ...this.asked });
    this.buy.disabled = false;
    this.isRunning = false;
    if (done) this.end();
  }

  // What the run is at, with the last preview.
  at(progress) {
    this.price.textContent = progress.words;
    if (progress.picture && progress.picture !== this.preview) {
      this.preview = progress.picture;
      pictureAddress(progress.picture).then((url) => {
        this.pane.image.src = url;
      }, () => {});
    }
  }

  // -- the box -----------------------------------------------------------------------------------

  drawn() {
    const { base } = this.detail;
    this.pane = new Pane(base.picture, "Drag to draw a box", this.detail.summary.alt);
    this.mark = this.mark.bind(this);
    this.rectangle = h("div", { class: "rectangle", hidden: true, "aria-hidden": "true" });
    this.pane.layer.append(this.rectangle);
    const stage = new Stage([this.pane], "one drawing");
    stage.drag = (event) => this.draw(stage, event);
    const place = stage.place.bind(stage);
    stage.place = () => {
      place();
      this.mark();
    };
    return stage;
  }

  draw(stage, event) {
    if (event.button !== 0 || event.target.closest("button, input")) return;
    event.preventDefault();
    const { base } = this.detail;
    const at = (now) => {
      const { x, y } = stage.point(this.pane, now);
      return [Math.min(1, Math.max(0, x)) * base.width, Math.min(1, Math.max(0, y)) * base.height];
    };
    const begun = at(event);
    const follow = (now) => {
      const end = at(now);
      const left = Math.round(Math.min(begun[0], end[0]));
      const top = Math.round(Math.min(begun[1], end[1]));
      const sizes = [Math.round(Math.abs(begun[0] - end[0])), Math.round(Math.abs(begun[1] - end[1]))];
      const isBox = sizes[0] > 2 && sizes[1] > 2;
      const values = isBox ? [left, top, ...sizes] : ["", "", "", ""];
      this.sides.forEach((side, index) => {
        side.value = values[index];
      });
      this.changed();
    };
    const end = () => removeEventListener("pointermove", follow);
    addEventListener("pointermove", follow);
    addEventListener("pointerup", end, { once: true });
  }

  mark() {
    if (!this.rectangle) return;
    const { box } = this;
    const shown = this.pane.image;
    this.rectangle.hidden = !box || !shown.naturalWidth;
    if (this.rectangle.hidden) return;
    const outer = this.pane.layer.getBoundingClientRect();
    const inner = shown.getBoundingClientRect();
    const scale = inner.width / this.detail.base.width;
    const [left, top, width, height] = box;
    Object.assign(this.rectangle.style, {
      left: `${inner.left - outer.left + left * scale}px`,
      top: `${inner.top - outer.top + top * scale}px`,
      width: `${width * scale}px`,
      height: `${height * scale}px`,
    });
  }
}
