/**
 * The edge: a stateless application that may run anywhere. This file is its table of contents.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import type { Edge } from "./edge.ts";
import { accessLog } from "./http/access-log.ts";
import { onError, onMethodNotAllowed, onNotFound } from "./http/errors.ts";
import { crossOrigin, secure } from "./http/headers.ts";
import { onInvalid } from "./http/validation.ts";
import { countRequests } from "./metrics/count-requests.ts";
import { operations } from "./metrics/routes.ts";
import { accounts } from "./routes/accounts.ts";
import { blocks } from "./routes/blocks.ts";
import { conversations } from "./routes/conversations.ts";
import { devices } from "./routes/devices.ts";
import { docs } from "./routes/docs.ts";
import { entries } from "./routes/entries.ts";
import { marks } from "./routes/marks.ts";
import { me } from "./routes/me.ts";
import { media } from "./routes/media.ts";
import { members } from "./routes/members.ts";
import { push } from "./routes/push.ts";
import { service } from "./routes/service.ts";
import { sessions } from "./routes/sessions.ts";
import { socket } from "./routes/socket.ts";
import { users } from "./routes/users.ts";

export const app = new OpenAPIHono<Edge>({ defaultHook: onInvalid });

app.onError(onError);
app.notFound(onNotFound);

app.use(requestId({ limitLength: 64 }));
app.use(accessLog);
app.use(countRequests);
app.use(secure);
app.use(crossOrigin);
app.use(methodNotAllowed({ app, onMethodNotAllowed }));

app.route("/", socket);
app.route("/", accounts);
app.route("/", sessions);
app.route("/", me);
app.route("/", devices);
app.route("/", push);
app.route("/", blocks);
app.route("/", users);
app.route("/", conversations);
app.route("/", members);
app.route("/", entries);
app.route("/", media);
app.route("/", marks);
app.route("/", service);
app.route("/", operations);
app.route("/", docs(app));
