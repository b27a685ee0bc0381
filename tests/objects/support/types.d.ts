/** A file's text, as the test runner's bundler hands it over. */
declare module "*?raw" {
  const text: string;
  export default text;
}
