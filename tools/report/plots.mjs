/** What the plots of all reports share; runs in the page, before the report's own script. */
const colour = (name) => {
  // A canvas does not know light-dark(): an element does.
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

const faded = (rgb) => rgb.replace(/^rgb\((.*)\)$/, "rgba($1, 0.12)");

/** Options of an axis in the page's colours. */
const axis = () => ({
  stroke: colour("--soft"),
  grid: { stroke: colour("--grid"), width: 1 },
  ticks: { stroke: colour("--grid"), width: 1 },
  font: "12px system-ui, sans-serif",
});

/** Ticks of a value axis as people write numbers; a logarithmic one leaves some of them out. */
const values = (_, ticks) => ticks.map((tick) => (tick === null ? "" : tick.toLocaleString("en")));

/** Where a plot goes, with its heading in it. */
const titled = (place, title) => {
  const heading = document.createElement("h3");
  heading.textContent = title;
  place.append(heading);
  return place;
};

/** Draws each `.chart` with `draw`, and again when its colours or its width change. */
const drawAll = (draw) => {
  const drawn = new Map();
  const all = () => {
    for (const place of document.querySelectorAll(".chart")) {
      drawn.get(place)?.destroy();
      place.replaceChildren();
      drawn.set(place, draw(place));
    }
  };
  all();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  let resizing;
  addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(all, 150);
  });
};

const data = JSON.parse(document.querySelector("#data").textContent);

globalThis.plots = { colour, faded, axis, values, titled, drawAll, data };
