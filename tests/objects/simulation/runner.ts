/**
 * What the programs need of `cloudflare:test`, for objects that run without a test runner: their bundle has this in its
 * place. Objects and programs share an isolate, so that a callback is handed over by its number.
 */
import unsafe from "workerd:unsafe";

type Callback = (instance: never, state: DurableObjectState) => unknown;
/** An object of worker.ts. */
type Stub = DurableObjectStub & { runHere(id: number): Promise<void> };

const callbacks = new Map<number, Callback>();
let last = 0;

/** Takes the callback of a number. */
export function callback(id: number): Callback {
  const found = callbacks.get(id);
  if (found === undefined) throw new Error(`no callback ${id}`);
  return found;
}

export async function runInDurableObject(stub: Stub, run: Callback): Promise<void> {
  const id = ++last;
  callbacks.set(id, run);
  try {
    await stub.runHere(id);
  } finally {
    callbacks.delete(id);
  }
}

/** Takes an object's memory and leaves it its sockets. @throws Error where it does not run */
export async function evictDurableObject(stub: Stub): Promise<void> {
  await unsafe.evict(stub, { webSockets: "hibernate" });
}
