/** Colours by what they are for; texts have a contrast of 4.5:1 and more on what they stand on. */
export interface Theme {
  readonly page: string;
  readonly text: string;
  readonly muted: string;
  readonly frame: string;
  readonly line: string;
  readonly box: string;
  readonly group: string;
  readonly chip: string;
  /** Where clients come in. */
  readonly entry: string;
  readonly entryText: string;
  readonly dns: string;
  readonly files: string;
  readonly database: string;
  readonly sessions: string;
  readonly shared: string;
}

export const THEMES = {
  light: {
    page: "#ffffff",
    text: "#1f2328",
    muted: "#57606a",
    frame: "#c4ccd4",
    line: "#57606a",
    box: "#ffffff",
    group: "#f3f5f8",
    chip: "#e9edf2",
    entry: "#0b5cad",
    entryText: "#ffffff",
    dns: "#7a3fd1",
    files: "#1a7f37",
    database: "#9a6700",
    sessions: "#c62839",
    shared: "#fff3d6",
  },
  dark: {
    page: "#0d1117",
    text: "#e6edf3",
    muted: "#9da7b3",
    frame: "#3d444d",
    line: "#9da7b3",
    box: "#161b22",
    group: "#11161d",
    chip: "#262d36",
    entry: "#1f6feb",
    entryText: "#ffffff",
    dns: "#b083f0",
    files: "#3fb950",
    database: "#d29922",
    sessions: "#f47067",
    shared: "#2f2711",
  },
} as const satisfies Readonly<Record<string, Theme>>;

export type ThemeName = keyof typeof THEMES;
