import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "turso",
  schema: "./worker/accounts/schema.ts",
  out: "./migrations/accounts",
  strict: true,
});
