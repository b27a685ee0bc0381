import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startService } from "../dev/service.ts";

/**
 * Starts the service that the browser tests share, with its web page, and hands its address to them.
 *
 * @returns ends it
 */
export default async function browserService(): Promise<() => Promise<void>> {
  const state = mkdtempSync(join(tmpdir(), "meridian-browser-"));
  const vars = {
    REGISTER_RATE: "1000000",
    SIGN_IN_RATE: "1000000",
    PASSWORD_COST: "1024,8,1",
    SEND_RATE_PER_USER: "1000000",
    SEND_BURST_PER_USER: "1000000",
    SEND_RATE_PER_CONVERSATION: "1000000",
    SEND_BURST_PER_CONVERSATION: "1000000",
  };
  const service = await startService({ state, web: true, vars });
  // Playwright's workers read its configuration again, with this environment.
  process.env["MERIDIAN_URL"] = service.url;
  return async () => {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  };
}
