/**
 * The accounts database (libSQL). Nothing on the message path reads it. `npx drizzle-kit generate` turns a change
 * here into a migration under `migrations/accounts`.
 */
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const accounts = sqliteTable(
  "accounts",
  {
    id: text("id").primaryKey(),
    /** Lower case [A1]; unique, which also decides between two registrations at once. */
    handle: text("handle").notNull().unique(),
    /** scrypt with its parameters and salt, as `password.ts` writes it. */
    passwordHash: text("password_hash").notNull(),
    displayName: text("display_name").notNull(),
    about: text("about").notNull().default(""),
    avatar: text("avatar"),
    lastSeen: text("last_seen", { enum: ["everyone", "contacts", "nobody"] })
      .notNull()
      .default("everyone"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** When its owner asked for erasure; the row goes once the User object has forgotten everything. */
    erasingAt: integer("erasing_at"),
  },
  (table) => [
    check("accounts_last_seen", sql`${table.lastSeen} IN ('everyone', 'contacts', 'nobody')`),
    index("accounts_erasing")
      .on(table.erasingAt)
      .where(sql`${table.erasingAt} IS NOT NULL`),
  ],
);

export type AccountRow = typeof accounts.$inferSelect;
