export { SettingsError, type Problem } from "./errors";
export { readSettings } from "./read";
export { SECRET_SETTINGS, type Settings } from "./schema";
export { settingsOfStack } from "./stack";
export { decoded, type StackConfiguration } from "./stack-configuration";
export { expiryWarnings } from "./validity";
