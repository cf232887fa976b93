import pulumi from "@pulumi/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores([".cache/", "tests/unit/fixtures/*/"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { pulumi },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // An output in a template literal would stand there as a warning instead of its value.
      "pulumi/no-output-in-template-literal": "error",
      "pulumi/no-output-instance-in-template-literal": "error",
      eqeqeq: "error",
      "no-control-regex": "error",
      // A function whose contract is a promise must reject, not throw, whether or not it waits.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    // A matcher such as expect.stringContaining is typed as any, to stand where any value does.
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
);
