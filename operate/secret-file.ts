import { readFile } from "node:fs/promises";

/**
 * What a file holds but a last line end, for a secret that must not be an argument.
 * @param option the option that names the file, such as `--password-file`
 * @throws Error with the option, the file's name and what is wrong with it
 */
export async function readSecretFile(option: string, file: string): Promise<string> {
  const content = await readFile(file, "utf8").catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`${option} ${file} cannot be read (${code}): name a file that you may read`);
  });
  return content.replace(/\r?\n$/, "");
}
