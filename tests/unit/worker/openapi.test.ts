import { describe, expect, it } from "vitest";
import { ERROR_CODES, statusOf } from "../../../protocol/index.ts";
import { app } from "../../../worker/app.ts";
import { describe as describeApi } from "../../../worker/openapi/document.ts";
import { BEARER } from "../../../worker/openapi/describe.ts";
import { allExamples } from "../../../worker/openapi/names.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: unknown; example?: unknown }>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<
    Record<string, { schema: unknown; examples?: Record<string, { value: { code: string } }> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

const document = JSON.parse(JSON.stringify(describeApi(app, "test"))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
);

/** The contract's table of calls. */
const OPEN = [
  "POST /v1/accounts",
  "POST /v1/sessions",
  "POST /v1/sessions/refresh",
  "GET /.well-known/jwks.json",
  "GET /healthz",
  "GET /readyz",
];
const SIGNED_IN = [
  "DELETE /v1/sessions/current",
  "GET /v1/me",
  "PATCH /v1/me",
  "DELETE /v1/me",
  "GET /v1/me/devices",
  "DELETE /v1/me/devices/{id}",
  "GET /v1/users/{id}",
  "GET /v1/users",
  "PUT /v1/me/blocks/{userId}",
  "DELETE /v1/me/blocks/{userId}",
  "GET /v1/me/blocks",
  "POST /v1/conversations",
  "GET /v1/conversations",
  "GET /v1/conversations/{id}",
  "PATCH /v1/conversations/{id}",
  "GET /v1/conversations/{id}/members",
  "PUT /v1/conversations/{id}/members/{userId}",
  "DELETE /v1/conversations/{id}/members/{userId}",
  "POST /v1/conversations/{id}/entries",
  "GET /v1/conversations/{id}/entries",
  "PUT /v1/conversations/{id}/read",
  "PUT /v1/conversations/{id}/mute",
  "GET /v1/conversations/{id}/receipts",
  "DELETE /v1/conversations/{id}/entries/{seq}",
  "GET /v1/socket",
];

/** Every `$ref` in a value. */
function refsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "$ref" ? [String(inner)] : refsIn(inner)));
}

describe("the OpenAPI description", () => {
  it("is OpenAPI 3.1 and has every call of the contract", () => {
    expect(document.openapi).toBe("3.1.0");
    const described = new Set(operations.map(({ name }) => name));
    for (const name of [...OPEN, ...SIGNED_IN]) expect(described, name).toContain(name);
  });

  it("[H3] marks exactly the calls that want an access token", () => {
    expect(document.components.securitySchemes).toHaveProperty(BEARER);
    for (const { name, operation } of operations) {
      const wanted = operation.security?.some((scheme) => BEARER in scheme) ?? false;
      expect(wanted, name).toBe(!OPEN.includes(name));
    }
  });

  it("names each operation once, with a summary and a section", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, operation } of operations) {
      expect(operation.summary, name).not.toBe("");
      expect(operation.tags, name).toHaveLength(1);
    }
  });

  it("declares every parameter of every path", () => {
    for (const { name, path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(
        declared.map((parameter) => parameter.name),
        name,
      ).toStrictEqual(inPath);
      for (const { required } of declared) expect(required, name).toBe(true);
    }
  });

  it("[H1] describes errors as problems, with an example per code", () => {
    for (const { name, operation } of operations) {
      const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(errors.length, name).toBeGreaterThan(0);
      for (const [status, { content }] of errors) {
        const problem = content?.["application/problem+json"];
        expect(problem?.schema, `${name} ${status}`).toStrictEqual({ $ref: "#/components/schemas/Problem" });
        for (const [code, { value }] of Object.entries(problem?.examples ?? {})) {
          expect(value).toMatchObject({ code, status: Number(status) });
        }
      }
    }
  });

  it("[H2] describes what a bad body is answered with wherever there is a JSON body", () => {
    const withJson = operations.filter(
      ({ operation }) => operation.requestBody?.content["application/json"] !== undefined,
    );
    expect(withJson.length).toBeGreaterThan(8);
    for (const { name, operation } of withJson) {
      for (const code of ["malformed_request", "invalid_request", "payload_too_large"] as const) {
        const answer = operation.responses[statusOf(code)];
        expect(Object.keys(answer?.content?.["application/problem+json"]?.examples ?? {}), name).toContain(code);
      }
    }
  });

  it("refers only to schemas that it has", () => {
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of refs)
      expect(document.components.schemas).toHaveProperty([ref.replace("#/components/schemas/", "")]);
    for (const name of ["User", "Entry", "Page", "Summary"]) expect(document.components.schemas).toHaveProperty([name]);
    expect(document.components.schemas["Problem"]).toMatchObject({ properties: { code: { enum: ERROR_CODES } } });
  });

  it("tells what may be null from what may not", () => {
    const { Entry, EntryOrNull, Summary } = document.components.schemas as Record<string, { anyOf?: unknown[] }>;
    expect(Entry?.anyOf).not.toContainEqual({ type: "null" });
    expect(EntryOrNull?.anyOf).toContainEqual({ type: "null" });
    expect(Summary).toMatchObject({ properties: { last: { $ref: "#/components/schemas/EntryOrNull" } } });
  });

  it.each(allExamples)("the example of %s is one", (_name, schema, example) => {
    expect(schema.safeParse(example).error).toBeUndefined();
  });
});
