/** Something that whoever ran the command can put right: shown as one line, without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/**
 * Runs a command's main function. A {@link Refusal} becomes one line on stderr and exit code 1; anything else is a bug
 * and shows its stack.
 */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    await exit(1);
  }
}

/**
 * Ends this process, whatever still keeps it alive. The pause lets V8's background compilers finish: now and then
 * Node's own shutdown waits for ever for one that waits for the main thread.
 */
export async function exit(code: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 25));
  process.exit(code);
}
