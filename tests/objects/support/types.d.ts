/** A file's text, as the test runner's bundler hands it over. */
declare module "*?raw" {
  const text: string;
  export default text;
}
/** The runtime's own means for tests; it is there with the compatibility flag `unsafe_module`. */
declare module "workerd:unsafe" {
  const unsafe: { evict(stub: DurableObjectStub, options: { webSockets: "hibernate" | "close" }): Promise<void> };
  export default unsafe;
}
