import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { root } from "../../../tools/dev/options.ts";

/** The part of wrangler's configuration that is compared. */
interface Environment {
  readonly vars: Record<string, string>;
  readonly secrets?: { readonly required: string[] };
  readonly durable_objects: { readonly code_update_strategy?: unknown };
  readonly r2_buckets: { readonly binding: string; readonly bucket_name: string }[];
  readonly queues: {
    readonly producers: { readonly binding: string; readonly queue: string }[];
    readonly consumers: { readonly queue: string; readonly dead_letter_queue?: string }[];
  };
  readonly analytics_engine_datasets: { readonly binding: string; readonly dataset: string }[];
  readonly [inherited: string]: unknown;
}

function config(env?: string): Environment {
  const file = join(root, "wrangler.toml");
  return readConfig({ config: file, ...(env === undefined ? {} : { env }) }, { hideWarnings: true }) as Environment;
}

/** What an environment must repeat, because it inherits none of it. */
const outline = (env?: string) => {
  const { vars, secrets, durable_objects, r2_buckets, queues, analytics_engine_datasets } = config(env);
  return {
    vars: Object.keys(vars),
    secrets: secrets?.required,
    objects: durable_objects,
    buckets: r2_buckets.map((bucket) => bucket.binding),
    producers: queues.producers.map((producer) => producer.binding),
    consumers: queues.consumers.map(({ queue: _queue, dead_letter_queue, ...rest }) => ({
      ...rest,
      deadLetters: dead_letter_queue !== undefined,
    })),
    datasets: analytics_engine_datasets.map((dataset) => dataset.binding),
  };
};

describe.each(["staging", "production"])("environment %s", (env) => {
  test("has every binding, setting and secret that this machine's has", () => {
    expect(outline(env)).toEqual(outline());
  });

  test("inherits what it does not repeat", () => {
    for (const name of ["assets", "migrations", "observability", "compatibility_date", "triggers"]) {
      expect(config(env)[name], name).toEqual(config()[name]);
    }
    expect(config(env)["observability"]).toMatchObject({ redact_query_string: true, traces: { enabled: true } });
  });

  test("shares no bucket, queue or dataset with another environment", () => {
    const names = (of?: string) => {
      const { r2_buckets, queues, analytics_engine_datasets } = config(of);
      return [
        ...r2_buckets.map((bucket) => bucket.bucket_name),
        ...queues.producers.map((producer) => producer.queue),
        ...queues.consumers.map((consumer) => consumer.queue),
        ...queues.consumers.flatMap((consumer) => consumer.dead_letter_queue ?? []),
        ...analytics_engine_datasets.map((dataset) => dataset.dataset),
      ];
    };
    const others = [undefined, "staging", "production"].filter((other) => other !== env).flatMap(names);
    expect(names(env).filter((name) => others.includes(name))).toEqual([]);
  });

  test("keeps sockets open over a deploy for as long as it can", () => {
    expect(config(env).durable_objects.code_update_strategy).toEqual({ mode: "deferred", max_delay: 300 });
  });
});
