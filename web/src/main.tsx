/** Starts the page. */
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/motion.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { refuseDrops } from "./media/drop-zone.tsx";
import { watchUploads } from "./media/delivery.ts";
import { watchNotifications } from "./notifications/watch.ts";
import { recoverMissingParts } from "./recover.ts";
import { registerWorker } from "./register-worker.ts";
// Last: it answers to all the others.
import "./styles/forced.css";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no place for the app.");
recoverMissingParts();
render(<App />, root);
registerWorker();
watchNotifications();
watchUploads();
refuseDrops();
