import { expect, test } from "./support/test.ts";
import { PASSWORD } from "./support/person.ts";

test("registration says what is wrong; sign-out and sign-in lead back to the same conversations", async ({
  people,
}) => {
  const ada = await people.person("Ada Moreau");
  await ada.page.getByRole("button", { name: "New conversation" }).click();
  await ada.page.getByRole("menuitem", { name: "Notes to self" }).click();
  await ada.say("remember the milk");

  const page = await people.open();
  await page.goto("/");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill("Somebody Else");
  await page.getByLabel("Handle").fill(ada.handle.toUpperCase());
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("This handle is taken.")).toBeVisible();
  await page.getByLabel("Handle").fill("no good!");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert")).toHaveText(/^Use 3 to 32 letters/);

  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("button", { name: "Settings" }).click();
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await ada.fillSignIn("not the password");
  await expect(ada.page.getByRole("alert")).toHaveText("Handle and password do not match.");
  await ada.fillSignIn(PASSWORD);
  await ada.isIn();
  await ada.open("Notes to self");
  await ada.sees("remember the milk");
});

test("devices are listed with their last use, and a revoked one is out at once [A5]", async ({ people }) => {
  const ada = await people.person("Ada Moreau");
  const other = await ada.signIn(await people.open());
  const devices = await ada.settings("Devices");
  await expect(devices.getByRole("listitem")).toHaveCount(2);
  await expect(devices.getByRole("listitem").first()).toContainText("This device");
  await expect(devices.getByRole("listitem").last()).toContainText("active now");

  await devices.getByRole("button", { name: /^Sign out/ }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Sign out device" }).click();
  await expect(devices.getByRole("listitem")).toHaveCount(1);
  await expect(other.page.getByText("This device was signed out from another device.")).toBeVisible();
  await expect(other.page.getByLabel("Password")).toBeVisible();
});

test("a profile with a picture that is made small here reaches the others", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ben.writeTo(ada);
  await ben.say("Who are you?");

  const profile = await ada.settings("Profile");
  await profile.getByLabel("Name").fill("Ada M.");
  await profile.getByLabel("About").fill("Maps and tea.");
  await profile.getByRole("button", { name: "Save" }).click();
  await expect(ada.page.getByText("Saved.")).toBeVisible();
  // Noise is what compresses worst.
  const picture = await ada.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 240);
    const context = canvas.getContext("2d");
    const image = context?.createImageData(320, 240);
    if (context === null || context === undefined || image === undefined) throw new Error("No canvas.");
    for (let at = 0; at < image.data.length; at += 1) image.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
    context.putImageData(image, 0, 0);
    return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
  });
  expect(picture.length).toBeGreaterThan(200_000);
  await profile
    .getByLabel("Picture file")
    .setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from(picture) });
  await expect(profile.locator("img")).toHaveAttribute("src", /^data:image\/(webp|jpeg);base64,/);
  await profile.getByRole("button", { name: "Change picture" }).waitFor();

  await ben.page.reload();
  await ben.header("Ada M.").click();
  const details = ben.page.getByRole("complementary", { name: "Details" });
  await expect(details).toContainText("Maps and tea.");
  await expect(details.locator(".info-head img")).toHaveAttribute("src", /^data:image/);
  await profile.getByRole("button", { name: "Remove" }).click();
  await expect(profile.locator("img")).toHaveCount(0);
});

test("[P2] who hides when they are online is seen as neither", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ada.say("Hi");
  await ben.open("Ada Moreau");
  await expect(ben.header("Ada Moreau")).toContainText("online");
  const privacy = await ada.settings("Privacy");
  await privacy.getByRole("radio", { name: "Nobody" }).check();
  await expect(privacy.getByRole("radio", { name: "Nobody" })).toBeChecked();
  await ben.page.reload();
  await expect(ben.header("Ada Moreau")).toContainText(`@${ada.handle}`);
  await expect(ben.header("Ada Moreau")).not.toContainText("online");
});

test("an account is deleted with its password, and is gone", async ({ people }) => {
  const ada = await people.person("Ada Moreau");
  const account = await ada.settings("Account");
  await account.getByRole("button", { name: "Delete my account" }).click();
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await expect(dialog.getByText("This is not your password.")).toBeVisible();
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await ada.fillSignIn(PASSWORD);
  await expect(ada.page.getByRole("alert")).toHaveText("Handle and password do not match.");
});
