/** Patient: other tests may keep the machine busy, and what is waited for is an event, not a time. */
import { expect as base } from "@playwright/test";

export const expect = base.configure({ timeout: 20_000 });
