/**
 * What this device calls itself. Loaded when somebody signs in.
 */

/** What the list of devices shows for this one. */
export function guessDevice(): { name: string; platform: string } {
  if (typeof document === "undefined") {
    const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
    return { name: runtime, platform: runtime.toLowerCase() };
  }
  const agent = navigator.userAgent;
  const found = (names: readonly (readonly [RegExp, string])[]) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = found([
    [/Edg\//, "Edge"],
    [/Firefox\//, "Firefox"],
    [/Chrom(e|ium)\/|HeadlessChrome/, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = found([
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Windows/, "Windows"],
    [/Mac OS/, "macOS"],
    [/Linux/, "Linux"],
  ]);
  return { name: [browser ?? "Browser", system].filter(Boolean).join(" on "), platform: "web" };
}
