CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	`password_hash` text NOT NULL,
	`display_name` text NOT NULL,
	`about` text DEFAULT '' NOT NULL,
	`avatar` text,
	`last_seen` text DEFAULT 'everyone' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`erasing_at` integer,
	CONSTRAINT "accounts_last_seen" CHECK("accounts"."last_seen" IN ('everyone', 'contacts', 'nobody'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_handle_unique` ON `accounts` (`handle`);--> statement-breakpoint
CREATE INDEX `accounts_erasing` ON `accounts` (`erasing_at`) WHERE "accounts"."erasing_at" IS NOT NULL;