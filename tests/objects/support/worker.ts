/** The objects without the edge: what the tests inside workerd talk to. */
export { Conversation } from "../../../durable-objects/conversation/object.ts";
export { Limiter } from "../../../durable-objects/limiter/object.ts";
export { User } from "../../../durable-objects/user/object.ts";

export default {
  fetch(): Response {
    return new Response("no edge here", { status: 404 });
  },
} satisfies ExportedHandler;
