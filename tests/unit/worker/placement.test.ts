import { describe, expect, it } from "vitest";
import { placementOf } from "../../../worker/placement.ts";

describe("where a new user's object is made", () => {
  it.each([
    ["San Francisco", { continent: "NA", country: "US", longitude: "-122.4" }, "wnam"],
    ["New York", { continent: "NA", country: "US", longitude: "-74.0" }, "enam"],
    ["North America, nobody knows where", { continent: "NA" }, "enam"],
    ["Lima", { continent: "SA", country: "PE", longitude: "-77.0" }, "sam"],
    ["Berlin", { continent: "EU", country: "DE", longitude: "13.4" }, "weur"],
    ["Warsaw", { continent: "EU", country: "PL", longitude: "21.0" }, "eeur"],
    ["Lagos", { continent: "AF", country: "NG", longitude: "3.4" }, "afr"],
    ["Dubai", { continent: "AS", country: "AE", longitude: "55.3" }, "me"],
    ["Tokyo", { continent: "AS", country: "JP", longitude: "139.7" }, "apac"],
    ["Sydney", { continent: "OC", country: "AU", longitude: "151.2" }, "oc"],
  ] as const)("%s", (_city, origin, hint) => expect(placementOf(origin)).toBe(hint));

  it.each([{}, { continent: "T1" }, { longitude: "12" }])("%j: left to the platform", (origin) => {
    expect(placementOf(origin)).toBeUndefined();
  });
});
