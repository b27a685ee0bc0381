import { makeDemo } from "../../tools/dev/demo.ts";
import { PASSWORD, PEOPLE } from "../../tools/dev/demo/script.ts";
import { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

test("the examples are a living app: two people sign in to conversations that are filled, and go on", async ({
  people,
  baseURL,
}) => {
  await makeDemo(baseURL ?? "");
  // Again it changes nothing.
  expect(await makeDemo(baseURL ?? "")).toBe(false);
  const enter = async (handle: "ada" | "ben"): Promise<Person> => {
    const page = await people.open();
    return new Person(page, PEOPLE[handle].displayName, handle).signIn(page, PASSWORD);
  };
  const [ada, ben] = await Promise.all([enter("ada"), enter("ben")]);
  await expect(ada.page.getByRole("list", { name: "Conversations" }).getByRole("listitem")).toHaveCount(4);
  await expect(ada.row("Chiyo Tanaka")).toBeVisible();
  await expect(ada.row("Davi Rocha")).toBeVisible();
  await ada.open("Lighthouse weekend");
  await expect(ada.header("Lighthouse weekend")).toContainText("4 members");
  await ben.open("Lighthouse weekend");
  const text = `on my way ${Date.now()}`;
  await ben.say(text);
  await expect(ada.row("Lighthouse weekend")).toContainText(text);
  await ada.composer.fill("see you");
  await expect(ben.header("Lighthouse weekend")).toContainText("Ada Moreau is typing…");
});
