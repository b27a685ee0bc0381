/* global uPlot */
/** Draws the plots of the report; runs in the page. */
const { colour, faded, axis, values, titled, drawAll, data } = globalThis.plots;
const { scenarios } = data;
const HEIGHT = 210;

/** What is drawn: for each plot its lines, as [label, key of the series, colour, what else]. */
const PLOTS = [
  {
    title: "Acknowledgement and delivery latency, ms",
    log: true,
    lines: [
      ["acknowledged, median", "acknowledgementP50", "--blue", {}],
      ["longest", "acknowledgementMax", "--blue", { dash: [3, 4], width: 1 }],
      ["delivered, median", "deliveryP50", "--orange", {}],
      ["longest", "deliveryMax", "--orange", { dash: [3, 4], width: 1 }],
    ],
  },
  {
    title: "Throughput, messages a second",
    lines: [
      ["acknowledged", "acknowledged", "--blue", { fill: true }],
      ["delivered to devices", "delivered", "--orange", {}],
    ],
  },
  {
    title: "Devices online, and messages waiting on them",
    stepped: true,
    lines: [
      ["online", "live", "--green", { fill: true }],
      ["waiting", "backlog", "--violet", {}],
    ],
  },
  {
    title: "New connections a second",
    stepped: true,
    lines: [["connections", "connects", "--violet", { fill: true }]],
  },
];

/** Lines where something was done to the service, numbered as in the list above the plots. */
function faultMarks(faults) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.save();
    ctx.font = `600 ${11 * scale}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    let lastX = -Infinity;
    let row = 0;
    for (const [index, { at }] of faults.entries()) {
      const x = Math.round(plot.valToPos(at, "x", true));
      row = x - lastX < 18 * scale ? row + 1 : 0;
      lastX = x;
      const y = bbox.top + (9 + row * 18) * scale;
      ctx.strokeStyle = ctx.fillStyle = colour("--red");
      ctx.lineWidth = scale;
      ctx.setLineDash([4 * scale, 3 * scale]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(x, y, 8 * scale, 0, 2 * Math.PI);
      ctx.fill();
      ctx.fillStyle = colour("--card");
      ctx.fillText(String(index + 1), x, y);
    }
    ctx.restore();
  };
}

function draw(place, { series, faults }, { title, lines, log, stepped }) {
  titled(place, title);
  const rows = [series.seconds, ...lines.map(([, key]) => series[key])];
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: false },
      y: log ? { distr: 3, log: 10 } : { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis(), values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
      { ...axis(), size: 56, values },
    ],
    series: [
      { label: "at", value: (_, seconds) => (seconds === null ? "" : `${seconds} s`) },
      ...lines.map(([label, , name, { dash, width = 1.75, fill }]) => ({
        label,
        stroke: colour(name),
        width,
        dash,
        fill: fill ? faded(colour(name)) : undefined,
        paths: stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
        points: { show: log === true, size: 4, fill: colour(name) },
        spanGaps: false,
        value: (_, value) => (value === null ? "" : Math.round(value).toLocaleString("en")),
      })),
    ],
    hooks: { draw: [faultMarks(faults)] },
    cursor: { sync: { key: place.dataset.scenario }, points: { size: 6 } },
  };
  return new uPlot(options, rows, place);
}

drawAll((place) => {
  const scenario = scenarios.find(({ name }) => name === place.dataset.scenario);
  return draw(place, scenario, PLOTS[Number(place.dataset.plot)]);
});
