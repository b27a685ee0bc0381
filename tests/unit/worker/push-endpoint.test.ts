import { describe, expect, test } from "vitest";
import { MeridianError } from "../../../protocol/index.ts";
import { assertEndpoint } from "../../../worker/push/endpoint.ts";

const passes = (endpoint: string, allowLocal: boolean): boolean => {
  try {
    assertEndpoint(endpoint, allowLocal);
    return true;
  } catch (error) {
    if (error instanceof MeridianError && error.code === "invalid_request") return false;
    throw error;
  }
};

describe("addresses that pushes go to", () => {
  test.each([
    "https://fcm.googleapis.com/fcm/send/abc:def",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://web.push.apple.com/QGuQ",
    "https://wns2-par02p.notify.windows.com/w/?token=BQ",
    "https://push.xn--bcher-kva.de/x",
    "https://push.example.org:443/x",
  ])("[N3] %s passes", (endpoint) => {
    expect(passes(endpoint, false)).toBe(true);
    expect(passes(endpoint, true)).toBe(true);
  });

  test.each([
    "http://push.example.org/x",
    "https://push.example.org:8443/x",
    "https://user@push.example.org/x",
    "https://:secret@push.example.org/x",
    "https://10.1.2.3/x",
    "https://8.8.8.8/x",
    "https://0x0a010203/x",
    "https://167838211/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[fd00::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://metadata.google.internal/x",
    "https://router.local/x",
    "https://router.home.arpa/x",
    "https://localhost.localdomain.localhost/x",
    "https://intranet/x",
    "https://intranet./x",
    "https://printer.lan./x",
    "file:///etc/passwd",
    "data:text/plain,x",
    "gopher://push.example.org/x",
    "not an address",
    "",
  ])("[N3] %j does not, not even in development", (endpoint) => {
    expect(passes(endpoint, false)).toBe(false);
    expect(passes(endpoint, true)).toBe(false);
  });

  test.each([
    "http://127.0.0.1:9999/x",
    "https://127.0.0.1/x",
    "http://localhost:1/x",
    "http://[::1]:9/x",
    "http://127.1.2.3/x",
    "http://0x7f000001/x",
  ])("[N3] this machine (%s) does in development, never in production", (endpoint) => {
    expect(passes(endpoint, true)).toBe(true);
    expect(passes(endpoint, false)).toBe(false);
  });
});
