import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Seeds of the random programs, from vitest.config.ts. */
    simulation: { first: number; count: number };
  }
}
