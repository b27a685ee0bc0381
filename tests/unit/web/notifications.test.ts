import { describe, expect, test } from "vitest";
import type { ConversationId } from "../../../protocol/ids.ts";
import type { PushNotice } from "../../../protocol/push.ts";
import {
  contentOf,
  failedReply,
  QUIET_MS,
  tagOf,
  type Abilities,
  type NotificationData,
} from "../../../web/src/notifications/content.ts";

const chat = "d_one" as ConversationId;
const NOW = 1_000_000;
const CAN: Abilities = { actions: 2, inlineReply: false };
const notice = (more: Partial<PushNotice> = {}): PushNotice => ({
  v: 1,
  conversation: chat,
  seq: 4,
  unread: 1,
  badge: 1,
  ...more,
});
const held = (alertedAt: number): NotificationData => ({ conversation: chat, seq: 3, alertedAt });

describe("what a notification says", () => {
  test("[N2] a push without text names nobody: the device's own name of the conversation is shown", () => {
    const { title, options } = contentOf(notice(), { title: "Ada Moreau" }, undefined, CAN, NOW);
    expect([title, options.body, options.tag]).toEqual(["Ada Moreau", "New message", tagOf(chat)]);
    expect(contentOf(notice(), {}, undefined, CAN, NOW).title).toBe("Meridian");
  });

  test("[N2] more than one are counted, and the newest text is shown where the push carries it", () => {
    const many = contentOf(notice({ unread: 3 }), { title: "Ada" }, held(0), CAN, NOW);
    expect([many.title, many.options.body]).toEqual(["Ada (3)", "3 new messages"]);
    const preview = contentOf(notice({ unread: 3, text: "Tea?", title: "Ada M." }), {}, held(0), CAN, NOW);
    expect([preview.title, preview.options.body]).toEqual(["Ada M. (3)", "Tea?"]);
  });

  test("a group's text says whose it is; a mention without text is called one", () => {
    const known = { title: "Tea", isGroup: true, sender: "Ada" };
    expect(contentOf(notice({ text: "Now?" }), known, undefined, CAN, NOW).options.body).toBe("Ada: Now?");
    expect(contentOf(notice({ mention: true }), known, undefined, CAN, NOW).options.body).toBe("You were mentioned");
  });
});

describe("how a notification behaves", () => {
  test("the first of a conversation rings, the next ones only after a while, a mention always", () => {
    const rings = (data: NotificationData | undefined, more?: Partial<PushNotice>) => {
      const { renotify, silent } = contentOf(notice(more), {}, data, CAN, NOW).options;
      return { renotify, silent };
    };
    expect(rings(undefined)).toEqual({ renotify: false, silent: false });
    expect(rings(held(NOW - QUIET_MS + 1))).toEqual({ renotify: false, silent: true });
    expect(rings(held(NOW - QUIET_MS))).toEqual({ renotify: true, silent: false });
    expect(rings(held(NOW - 1), { mention: true })).toEqual({ renotify: true, silent: false });
  });

  test("the quiet while counts from the last sound, not from the last message", () => {
    const { data } = contentOf(notice(), {}, held(NOW - 5), CAN, NOW).options;
    expect(data).toEqual({ conversation: chat, seq: 4, alertedAt: NOW - 5 });
    expect(contentOf(notice(), {}, held(NOW - QUIET_MS), CAN, NOW).options.data.alertedAt).toBe(NOW);
  });

  test("it offers what the browser has room for, and a field where one can be typed into", () => {
    const actions = (can: Abilities) =>
      contentOf(notice(), {}, undefined, can, NOW).options.actions.map(({ action, type }) => [action, type]);
    expect(actions(CAN)).toEqual([
      ["reply", undefined],
      ["read", undefined],
    ]);
    expect(actions({ actions: 1, inlineReply: true })).toEqual([["reply", "text"]]);
    expect(actions({ actions: 0, inlineReply: true })).toEqual([]);
  });

  test("a reply that did not get through takes the place of the same notification, silently", () => {
    const { title, options } = failedReply("Ada (2)", held(7));
    expect([title, options.tag, options.silent, options.data.seq]).toEqual(["Ada (2)", tagOf(chat), true, 3]);
  });
});
