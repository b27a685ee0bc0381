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
    process.exit(1);
  }
}
