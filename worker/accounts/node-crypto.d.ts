/** The part of `node:crypto` that the edge uses; the rest of Node's types stay out of the Worker. */
declare module "node:crypto" {
  export interface ScryptOptions {
    readonly N: number;
    readonly r: number;
    readonly p: number;
    readonly maxmem: number;
  }
  export function scrypt(
    password: string,
    salt: Uint8Array,
    bytes: number,
    options: ScryptOptions,
    done: (error: Error | null, key: Uint8Array) => void,
  ): void;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}
