import type { TypedResponse } from "hono";
import type { Page } from "../../protocol/index.ts";
import type { EdgeContext } from "../edge.ts";

/**
 * Answers a page whose JSON text an object made: it is passed on as it is, never parsed and made again.
 */
export function jsonText(c: EdgeContext, text: string): TypedResponse<Page, 200, "json"> {
  const response = c.body(text, 200, { "Content-Type": "application/json" });
  return response as unknown as TypedResponse<Page, 200, "json">;
}
