/** What an operator sees of the running service, over HTTP. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startService, type Service } from "../../tools/dev/service.ts";
import { ChatSocket } from "./support/chat.ts";
import { call, register, startDirect } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1", REGION: "local" } });
});
afterAll(() => stack?.stop());

/** The value of one sample, or 0 where it was never counted. */
function sample(text: string, name: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

const scrape = async (): Promise<string> => (await call(stack, "GET /metrics")).text;

describe("/metrics", () => {
  test("objects and edge count in one place: sends, acknowledgements, deliveries, sockets", async () => {
    const [ada, ben] = [await register(stack), await register(stack)];
    const conversation = await startDirect(stack, ada.accessToken, ben.user.id);
    const before = await scrape();
    const [a, b] = [await ChatSocket.connect(stack, ada), await ChatSocket.connect(stack, ben)];
    const { seq } = await a.say(conversation, "a secret text");
    await b.next("entries", ({ to }) => to === seq);
    const during = await scrape();
    const grown = (name: string): number => sample(during, name) - sample(before, name);
    expect(grown(`meridian_sends_total{outcome="sent"}`)).toBe(1);
    expect(grown("meridian_ack_seconds_count")).toBe(1);
    expect(grown(`meridian_ack_seconds_bucket{le="+Inf"}`)).toBe(1);
    expect(grown("meridian_delivery_lag_seconds_count")).toBeGreaterThanOrEqual(1);
    expect(grown("meridian_fanout_call_seconds_count")).toBeGreaterThanOrEqual(1);
    expect(grown("meridian_sockets_live")).toBe(2);
    expect(sample(during, `meridian_request_seconds_count{status="2xx"}`)).toBeGreaterThan(0);

    a.cut();
    b.cut();
    await Promise.all([a.whenClosed(), b.whenClosed()]);
    await expect
      .poll(async () => sample(await scrape(), "meridian_sockets_live"))
      .toBe(sample(before, "meridian_sockets_live"));
    expect(sample(await scrape(), `meridian_sockets_closed_total{code="1000"}`)).toBeGreaterThanOrEqual(2);
  });

  test("shows no id, no handle and no content, and is OpenMetrics to its last line", async () => {
    const ada = await register(stack);
    const answer = await call(stack, "GET /metrics");
    expect(answer.headers.get("Content-Type")).toContain("application/openmetrics-text");
    expect(answer.text.endsWith("\n# EOF\n")).toBe(true);
    for (const secret of [ada.user.id, ada.user.handle, "a secret text"]) expect(answer.text).not.toContain(secret);
    for (const line of answer.text.trimEnd().split("\n")) {
      expect(line).toMatch(
        /^(# (TYPE|UNIT|HELP|EOF)|meridian_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[\d.e+-]+$)/,
      );
    }
  });

  test("what the dashboard asks for exists", async () => {
    const text = await scrape();
    const dashboard = readFileSync(new URL("../../docs/grafana-dashboard.json", import.meta.url), "utf8");
    const asked = new Set(dashboard.match(/meridian_[a-z_]+/g));
    expect(asked.size).toBeGreaterThan(10);
    for (const name of asked) {
      const family = name.replace(/_(total|bucket|count|sum)$/, "");
      expect(text, name).toContain(`# TYPE ${family} `);
    }
  });
});

describe("elsewhere than on a developer's machine", () => {
  const secrets = { METRICS_TOKEN: "secret-of-metrics", OPERATIONS_TOKEN: "secret-of-operations" };
  let service: Service;
  beforeAll(async () => {
    service = await startService({ state: join(stack.state, "elsewhere"), vars: { REGION: "weur", ...secrets } });
  });
  afterAll(() => service?.stop());

  test.each(["GET /metrics", "POST /v1/internal/drain"])(
    "%s is not there for who does not know its secret",
    async (route) => {
      const [right, wrong] = route.includes("metrics")
        ? [secrets.METRICS_TOKEN, secrets.OPERATIONS_TOKEN]
        : [secrets.OPERATIONS_TOKEN, secrets.METRICS_TOKEN];
      const { accessToken } = await register(service);
      for (const token of [undefined, "", "wrong", wrong, accessToken, `${right}x`, right.slice(1)]) {
        expect((await call(service, route, { token })).status, String(token?.length)).toBe(404);
      }
      expect((await call(service, route, { token: right })).status).toBe(200);
    },
  );
});
