import { describe, expect, it } from "vitest";
import { addressKey } from "../../../worker/address.ts";

describe("what the registration limit counts", () => {
  it("an IPv4 address as it is", () => expect(addressKey("203.0.113.9")).toBe("203.0.113.9"));

  it("without an address, this machine", () => {
    expect(addressKey(undefined)).toBe("local");
    expect(addressKey("")).toBe("local");
  });

  it.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::", "fe80:0:0:0::/64"],
  ])("of the IPv6 address %s its network %s", (address, key) => expect(addressKey(address)).toBe(key));

  it("the same for two addresses of one network, another for the next", () => {
    expect(addressKey("2001:db8:1:2::a")).toBe(addressKey("2001:db8:1:2:ffff::b"));
    expect(addressKey("2001:db8:1:2::a")).not.toBe(addressKey("2001:db8:1:3::a"));
  });
});
