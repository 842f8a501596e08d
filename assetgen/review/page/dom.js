// Elements. Texts become text nodes, so that nothing of a project is ever read as HTML.

const svgNames = "http://www.w3.org/2000/svg";

// An element with properties: "class", "on" for listeners, "aria-*" and other attributes.
export function h(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (key in properties && (key === "hidden" || key === "disabled" || key === "checked")) {
      made[key] = Boolean(value);
    } else {
      made.setAttribute(key, value === true ? "" : String(value));
    }
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

// A line drawing from the paths of one of these.
const drawings = {
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
  help: "M9.2 9a2.9 2.9 0 1 1 4.1 2.7c-.9.5-1.3 1-1.3 1.9M12 17.2v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  ground: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  check: "M5 12.5l4.5 4.5L19 7.5",
};

export function icon(name) {
  const drawn = document.createElementNS(svgNames, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  drawn.setAttribute("class", "icon");
  const path = document.createElementNS(svgNames, "path");
  path.setAttribute("d", drawings[name]);
  drawn.append(path);
  return drawn;
}

export function button(label, listener, properties, ...children) {
  return h("button", { type: "button", on: { click: listener }, ...properties }, children.length ? children : label);
}

// Says something to everyone, also to those who do not see it.
export function say(words) {
  const place = document.getElementById("said");
  if (!place) return;
  place.textContent = words;
  place.classList.add("up");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("up"), 4000);
}

// Says what everyone else sees.
export function tell(words) {
  const place = document.getElementById("told");
  if (place) place.textContent = words;
}

export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

export function bytesInWords(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
