/**
 * Whether a key of harbor.cfg, or a variable of a release's templates, holds a secret: decided by its
 * name, so that the answer does not hang on a value.
 */
export function isSecretKey(name: string): boolean {
  return /passw|pwd|secret|redis_url|storage_provider_config/.test(name);
}
