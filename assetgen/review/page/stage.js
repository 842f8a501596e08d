// The place where pictures are looked at: one or more panes with one zoom.

import { button, h, icon } from "./dom.js";
import { pictureAddress } from "./source.js";
import { changeView, onView, view, wholePicture } from "./view.js";

// One picture in a box. It is placed by the view, so that all panes show the same part.
export class Pane {
  constructor(id, words, alt) {
    this.image = h("img", { class: "shown", alt, draggable: "false" });
    this.layer = h("div", { class: "layer" }, this.image);
    this.note = h("p", { class: "note" });
    this.words = words;
    this.element = h("figure", { class: "pane" }, this.layer, words && h("figcaption", {}, words), this.note);
    if (!id) {
      this.note.textContent = words === "Before" ? "There was no file" : "There is no file";
    } else {
      this.image.addEventListener("load", () => this.place());
      pictureAddress(id).then(
        (url) => {
          this.image.src = url;
        },
        (error) => {
          this.note.textContent = error.message;
        },
      );
    }
  }

  get natural() {
    return [this.image.naturalWidth, this.image.naturalHeight];
  }

  // The CSS pixels for each pixel of the picture at which all of it is in sight.
  fitting() {
    const [width, height] = this.natural;
    const { clientWidth, clientHeight } = this.layer;
    return Math.min(clientWidth / width, clientHeight / height, 1) || 1;
  }

  place() {
    const [width, height] = this.natural;
    if (!width) return;
    const scale = this.fitting() * view.zoom;
    const { clientWidth, clientHeight } = this.layer;
    const left = clientWidth / 2 - view.x * width * scale;
    const top = clientHeight / 2 - view.y * height * scale;
    this.image.style.width = `${width * scale}px`;
    this.image.style.height = `${height * scale}px`;
    this.image.style.transform = `translate(${left}px, ${top}px)`;
    this.image.classList.toggle("sharp", scale * devicePixelRatio > 2);
    this.image.classList.add("here");
  }
}

export class Stage {
  constructor(panes, mode) {
    this.panes = panes;
    this.percent = h("output", { class: "percent", "aria-label": "Zoom" }, "");
    this.area = h("div", { class: `panes ${mode}` }, ...panes.map((pane) => pane.element));
    this.element = h("div", { class: "stage" }, this.area);
    this.tools = h(
      "div",
      { class: "zoom", role: "group", "aria-label": "Zoom" },
      button("", () => this.by(1 / 1.4), { class: "square", "aria-label": "Smaller", title: "Smaller (−)" }, icon("minus")),
      this.percent,
      button("", () => this.by(1.4), { class: "square", "aria-label": "Larger", title: "Larger (+)" }, icon("plus")),
      button("Fit", wholePicture, { title: "Whole picture (0)" }),
      button("100%", () => this.actual(), { title: "One pixel for one pixel (Z)" }),
    );
    this.off = onView(() => this.place());
    this.observer = new ResizeObserver(() => this.place());
    this.observer.observe(this.area);
    this.area.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.area.addEventListener("pointerdown", (event) => this.drag(event));
    for (const pane of panes) pane.image.addEventListener("load", () => this.place());
  }

  end() {
    this.off();
    this.observer.disconnect();
  }

  place() {
    for (const pane of this.panes) pane.place();
    const first = this.panes.find((pane) => pane.natural[0]);
    if (first) this.percent.textContent = `${Math.round(first.fitting() * view.zoom * devicePixelRatio * 100)}%`;
  }

  by(factor) {
    changeView({ zoom: view.zoom * factor });
  }

  // One pixel of the picture on one pixel of the screen; again, the whole picture.
  actual() {
    const first = this.panes.find((pane) => pane.natural[0]);
    if (!first) return;
    const zoom = 1 / (first.fitting() * devicePixelRatio);
    if (Math.abs(view.zoom - zoom) < 0.001 || zoom <= 1) wholePicture();
    else changeView({ zoom });
  }

  move(right, down) {
    changeView({ x: view.x + (right * 0.15) / view.zoom, y: view.y + (down * 0.15) / view.zoom });
  }

  wheel(event) {
    event.preventDefault();
    const pane = this.panes.find((one) => one.layer.contains(event.target) || one.element.contains(event.target)) || this.panes[0];
    const at = this.point(pane, event);
    const zoom = Math.min(64, Math.max(1, view.zoom * Math.exp(-event.deltaY / 400)));
    const kept = view.zoom / zoom; // the point below the pointer stays there
    changeView({ zoom, x: at.x + (view.x - at.x) * kept, y: at.y + (view.y - at.y) * kept });
  }

  // The point of the picture below the pointer, as a part of the picture.
  point(pane, event) {
    const box = pane.layer.getBoundingClientRect();
    const scale = pane.fitting() * view.zoom;
    const [width, height] = pane.natural;
    return {
      x: view.x + (event.clientX - box.left - box.width / 2) / (width * scale || 1),
      y: view.y + (event.clientY - box.top - box.height / 2) / (height * scale || 1),
    };
  }

  drag(event) {
    if (event.button !== 0 || event.target.closest("input, button")) return;
    const pane = this.panes.find((one) => one.element.contains(event.target)) || this.panes[0];
    const begun = this.point(pane, event);
    let moved = false;
    const follow = (now) => {
      if (view.zoom === 1) return;
      const at = this.point(pane, now);
      moved = moved || Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) > 4;
      changeView({ x: view.x + begun.x - at.x, y: view.y + begun.y - at.y });
    };
    const end = () => {
      removeEventListener("pointermove", follow);
      // A click shows the point in the middle: the way to move without dragging.
      if (!moved && view.zoom > 1) changeView({ x: begun.x, y: begun.y });
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", end, { once: true });
    event.preventDefault();
    this.area.closest("[tabindex]")?.focus({ preventScroll: true });
  }
}

// -- before and after --------------------------------------------------------------------------

export const waysToCompare = { slider: "Slider", flip: "Flip", beside: "Side by side" };

// A stage with the earlier and the present picture, in one of the ways above.
export function comparison(before, now, alt, way) {
  const panes = [new Pane(before, "Before", `Before: ${alt}`), new Pane(now, "Now", `Now: ${alt}`)];
  const stage = new Stage(panes, way);
  stage.controls = [];
  if (way === "slider") slide(stage, panes);
  if (way === "flip") flip(stage, panes);
  return stage;
}

function slide(stage, [before]) {
  const edge = h("div", { class: "edge", "aria-hidden": "true" });
  const range = h("input", {
    type: "range",
    class: "slide",
    min: "0",
    max: "100",
    step: "0.5",
    value: "50",
    "aria-label": "How much of the earlier picture is shown",
  });
  const apply = () => {
    before.element.style.clipPath = `inset(0 ${100 - Number(range.value)}% 0 0)`;
    edge.style.left = `${range.value}%`;
  };
  range.addEventListener("input", apply);
  apply();
  stage.area.append(edge);
  stage.element.append(range);
}

function flip(stage, [before, now]) {
  const show = (isEarlier) => {
    before.element.classList.toggle("behind", !isEarlier);
    now.element.classList.toggle("behind", isEarlier);
    held.setAttribute("aria-pressed", String(isEarlier));
    held.textContent = isEarlier ? "Before" : "Hold to see before";
  };
  const held = button("Hold to see before", () => {}, { class: "hold", "aria-pressed": "false", title: "Hold F" });
  held.addEventListener("pointerdown", (event) => {
    held.setPointerCapture(event.pointerId);
    show(true);
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) held.addEventListener(end, () => show(false));
  held.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") show(true);
  });
  held.addEventListener("keyup", () => show(false));
  stage.flip = show;
  stage.controls.push(held);
  show(false);
}
