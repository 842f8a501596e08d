// One zoom for all panes: a point of the picture in the middle of every pane, and how large it is.

const listeners = new Set();

export const view = {
  zoom: 1, // 1 shows the whole picture
  x: 0.5, // the point in the middle, as a part of the picture
  y: 0.5,
  ground: "plain",
};

export function onView(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changeView(changes) {
  Object.assign(view, changes);
  view.zoom = Math.min(64, Math.max(1, view.zoom));
  if (view.zoom === 1) {
    view.x = 0.5;
    view.y = 0.5;
  }
  view.x = Math.min(1, Math.max(0, view.x));
  view.y = Math.min(1, Math.max(0, view.y));
  for (const listener of listeners) listener();
}

export function wholePicture() {
  changeView({ zoom: 1 });
}

const grounds = ["plain", "light", "dark", "checks"];
export const groundWords = { plain: "Plain", light: "White", dark: "Black", checks: "Checks" };

export function nextGround() {
  changeView({ ground: grounds[(grounds.indexOf(view.ground) + 1) % grounds.length] });
  document.documentElement.dataset.ground = view.ground;
  return groundWords[view.ground];
}
