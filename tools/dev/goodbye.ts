/** The first step of an orderly stop: clients are told when to come back before their sockets are cut. */

/** An operator who stops the service does not wait longer for those who are told. */
const PATIENCE_MS = 3_000;
/** Frames need a moment to leave before the runtime ends. */
const SETTLE_MS = 100;

/**
 * Announces the stop to every client of a running service. Whatever goes wrong, the stop goes on: clients come back from
 * a cut socket as well.
 *
 * @param url of the service
 * @param token its `OPERATIONS_TOKEN`
 */
export async function announceStop(url: string, token: string): Promise<void> {
  try {
    const response = await fetch(new URL("/v1/internal/drain", url), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ reason: "the server stops" }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { sockets = 0 } = (await response.json()) as { sockets?: number };
    if (sockets === 0) return;
    console.log(`Told ${sockets} ${sockets === 1 ? "client" : "clients"} when to come back.`);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  } catch {
    // Where the runtime is gone already there is nobody left to tell.
  }
}
