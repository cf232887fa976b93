export { SettingsError, type Problem } from "./errors";
export { readSettings, type StackConfiguration } from "./read";
export { SECRET_SETTINGS, type Settings } from "./schema";
export { settingsOfStack } from "./stack";
