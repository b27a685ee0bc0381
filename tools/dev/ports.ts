import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { Refusal } from "./refusal.ts";

/**
 * Where free ports are looked for: below those that the system gives to outgoing connections (from 32,768 on Linux,
 * from 49,152 elsewhere), and above the last that `fetch` refuses (10,080). One of the system's own choice would be
 * taken by some connection while a process that is to have it again restarts.
 */
const LOWEST = 12_000;
const HIGHEST = 32_000;
const TRIES = 100;

/**
 * A port that is free now. Somebody else may take it before it is used: whoever binds it must be ready for that.
 *
 * @throws Error where none of a hundred is free
 */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (let left = TRIES; left > 0; left--) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port, host)) return port;
  }
  throw new Error(`None of ${TRIES} ports between ${LOWEST} and ${HIGHEST} is free on ${host}.`);
}

/** True where a server could listen there now. */
export async function isFree(port: number, host: string): Promise<boolean> {
  return listen(port, host).then(
    () => true,
    () => false,
  );
}

/**
 * Makes sure that the service can have its port.
 *
 * @param port 0: any
 * @param patience milliseconds to wait for it: a process that was just killed holds its port until its last thread ends
 * @returns the port
 * @throws Refusal that says what is wrong with it
 */
export async function claimPort(port: number, host: string, patience = 0): Promise<number> {
  const deadline = Date.now() + patience;
  try {
    while (Date.now() < deadline && !(await isFree(port, host)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    return port === 0 ? await freePort(host) : await listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new Refusal(`Port ${port} on ${host} is in use by another program: set PORT to a free one.`);
    }
    if (code === "EACCES")
      throw new Refusal(`Port ${port} may not be opened by this user: set PORT to one above 1023.`);
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw new Refusal(`HOST ${host} is no address of this machine.`);
    throw error;
  }
}

function listen(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}
