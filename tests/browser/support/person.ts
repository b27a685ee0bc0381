/** Somebody in front of a page: what people do, in the words of the page. */
import { randomBytes } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { expect } from "./expect.ts";

export const PASSWORD = "correct horse battery";

export class Person {
  readonly page: Page;
  readonly name: string;
  readonly handle: string;

  constructor(page: Page, name: string, handle: string) {
    this.page = page;
    this.name = name;
    this.handle = handle;
  }

  /** Registers on a page that is not signed in. */
  static async register(page: Page, name: string): Promise<Person> {
    const person = new Person(page, name, freshHandle(name));
    await page.goto("/");
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Handle").fill(person.handle);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await person.isIn();
    return person;
  }

  /** The same person on another page. */
  at(page: Page): Person {
    return new Person(page, this.name, this.handle);
  }

  /** Signs in on another page. */
  async signIn(page: Page, password = PASSWORD): Promise<Person> {
    const person = this.at(page);
    await page.goto("/");
    await person.fillSignIn(password);
    await person.isIn();
    return person;
  }

  async fillSignIn(password: string): Promise<void> {
    await this.page.getByLabel("Handle").fill(this.handle);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  async isIn(): Promise<void> {
    await expect(this.page.getByRole("heading", { name: "Chats" })).toBeVisible();
  }

  /** Starts a direct chat by handle. */
  async writeTo(other: Person): Promise<void> {
    await this.page.getByRole("button", { name: "New conversation" }).click();
    await this.page.getByRole("menuitem", { name: "New chat" }).click();
    const dialog = this.page.getByRole("dialog", { name: "New chat" });
    await dialog.getByLabel("Handle").fill(other.handle);
    await dialog.getByRole("button", { name: "Start chat" }).click();
    await expect(this.header(other.name)).toBeVisible();
  }

  /** Starts a group. */
  async startGroup(title: string, others: readonly Person[]): Promise<void> {
    await this.page.getByRole("button", { name: "New conversation" }).click();
    await this.page.getByRole("menuitem", { name: "New group" }).click();
    const dialog = this.page.getByRole("dialog", { name: "New group" });
    await dialog.getByLabel("Group name").fill(title);
    for (const other of others) {
      await dialog.getByLabel("People", { exact: true }).fill(other.handle);
      await dialog.getByRole("button", { name: "Add", exact: true }).click();
      await expect(dialog.getByRole("list", { name: "Chosen" })).toContainText(other.name);
    }
    await dialog.getByRole("button", { name: "Create group" }).click();
    await expect(this.header(title)).toBeVisible();
  }

  /** The name over an open conversation. */
  header(title: string): Locator {
    return this.page.locator(".chat-header").getByRole("button", { name: ", details" }).filter({ hasText: title });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  get timeline(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  /** A message of the open conversation, by what it says. */
  message(text: string | RegExp): Locator {
    return this.timeline.getByRole("article").filter({ hasText: text });
  }

  async sees(text: string | RegExp): Promise<void> {
    await expect(this.message(text).last()).toBeVisible();
  }

  /** Does something with a message by its menu. */
  async act(text: string | RegExp, action: string): Promise<void> {
    await this.openMenu(text);
    await this.page.getByRole("menuitem", { name: action, exact: true }).click();
  }

  async openMenu(text: string | RegExp): Promise<void> {
    // At its edge: a link in the middle has a menu of its own.
    await this.message(text)
      .last()
      .click({ button: "right", position: { x: 6, y: 12 } });
    await expect(this.page.getByRole("menu", { name: "Message actions" })).toBeVisible();
  }

  /** A line of the conversation list. */
  row(title: string): Locator {
    const named = this.page.locator(".conversation-title", { hasText: title });
    return this.page.getByRole("list", { name: "Conversations" }).getByRole("listitem").filter({ has: named });
  }

  async open(title: string): Promise<void> {
    await this.row(title).getByRole("button").click();
    await expect(this.header(title)).toBeVisible();
  }

  async settings(part: string): Promise<Locator> {
    await this.page.getByRole("button", { name: "Settings" }).click();
    const nav = this.page.getByRole("navigation", { name: "Settings" });
    await nav.getByRole("button", { name: part, exact: true }).click();
    return this.page.getByRole("region", { name: part, exact: true });
  }
}

/** A handle that nobody else has. */
export function freshHandle(name: string): string {
  const word = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  return `${word.slice(0, 12)}_${randomBytes(5).toString("hex")}`;
}
