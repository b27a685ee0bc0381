/* global uPlot */
/** Draws the plots of the report; runs in the page. */
const { colour, faded, axis, values, titled, drawAll, data } = globalThis.plots;
const HEIGHT = 200;
const SIDES = [
  ["floor", "--soft"],
  ["meridian", "--blue"],
];

const number = (value) => (value === null || value === undefined ? "" : value.toLocaleString("en"));

const lines = (more) =>
  SIDES.map(([side, name]) => ({
    label: side === "floor" ? "floor" : "Meridian",
    stroke: colour(name),
    width: 1.75,
    points: { show: true, size: 5, fill: colour(name) },
    value: (_, value) => number(value),
    ...more(name),
  }));

/** Times by the share of operations that took no longer. */
function curve({ floor, meridian, timed }, place) {
  titled(place, `${timed}: ms by the share that took no longer`);
  const places = data.shares.map((_, index) => index);
  const shareOf = (index) => (data.shares[index] === undefined ? "" : `${data.shares[index] * 100} %`);
  // On a phone there is room for every other one.
  const label = (index) => (place.clientWidth < 420 && index % 2 === 0 ? "" : shareOf(index));
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false }, y: { distr: 3, log: 10 } },
    axes: [
      { ...axis(), splits: () => places, values: (_, splits) => splits.map(label), gap: 4 },
      { ...axis(), size: 56, values },
    ],
    series: [{ label: "share", value: (_, index) => shareOf(index) }, ...lines(() => ({}))],
  };
  return new uPlot(options, [places, floor.times.curve, meridian.times.curve], place);
}

/** The value slice by slice: both servers took turns, so that what else the machine did shows in both. */
function slices({ floor, meridian, unit }, place) {
  titled(place, `${unit}, turn by turn`);
  const count = Math.max(floor.slices.length, meridian.slices.length);
  const turns = Array.from({ length: count }, (_, index) => index + 1);
  const filled = (all) => turns.map((turn) => all[turn - 1] ?? null);
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: false, range: [0.8, count + 0.2] },
      y: { range: (_, __, max) => [0, max * 1.1] },
    },
    axes: [
      { ...axis(), splits: () => turns, values: (_, splits) => splits.map((turn) => `turn ${turn}`) },
      { ...axis(), size: 56, values },
    ],
    series: [{ label: "turn" }, ...lines((name) => ({ fill: faded(colour(name)) }))],
  };
  return new uPlot(options, [turns, filled(floor.slices), filled(meridian.slices)], place);
}

drawAll((place) => {
  const row = data.rows.find(({ shape }) => shape === place.dataset.shape);
  return place.dataset.plot === "curve" ? curve(row, place) : slices(row, place);
});
