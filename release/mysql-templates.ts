import { setInTemplate } from "./env-file";
import type { Release } from "./generations";
import type { HarborCfg } from "./harbor-cfg";
import { designedEnv } from "./mysql-configuration";
import { isSecretVariable, variableLookup } from "./mysql-variables";
import type { ReleaseSettings } from "./release-settings";
import { substitute, variablesOf } from "./template";

const TEMPLATES = "common/templates/";

/** Templates of components that are not deployed, and of the release's own way to several nodes. */
const NOT_DEPLOYED = /^(notary|clair)\/|^nginx\/notary\.|^registry\/config_ha\.yml$/;
/** A keypair that is the same in every copy of the release, and so known to everyone. */
const SHIPPED_PAIR = /^(ui\/private_key\.pem|registry\/root\.crt)$/;
/** Taken over as they are: a dollar in them is a dollar. */
const VERBATIM = /\/app\.conf$/;

/** A file below common/config made from its template. */
export interface Rendered {
  name: string;
  content: string;
  secret: boolean;
}

/** The variables that the templates name. */
export function askedVariables(templates: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(
    [...templates].flatMap(([name, text]) => (VERBATIM.test(name) ? [] : variablesOf(text))),
  );
}

/** The templates to render, path below common/config → text, with what the design writes into them. */
export function editedTemplates(
  release: Release,
  settings: ReleaseSettings,
  problem: (what: string) => void,
): Map<string, string> {
  const proxy = `nginx/nginx.${settings.protocol}.conf`;
  const templates = new Map<string, string>();
  for (const [path, text] of release.files) {
    const name = path.startsWith(TEMPLATES) ? path.slice(TEMPLATES.length) : undefined;
    if (name === undefined || NOT_DEPLOYED.test(name) || SHIPPED_PAIR.test(name)) continue;
    if (/^nginx\/nginx\./.test(name) && name !== proxy) continue;
    templates.set(name === proxy ? "nginx/nginx.conf" : name, text);
  }
  if (!templates.has("nginx/nginx.conf")) problem(`installer: no ${TEMPLATES}${proxy}`);
  for (const [name, values] of Object.entries(designedEnv(settings))) {
    let text = templates.get(name);
    if (text === undefined) {
      problem(`installer: no ${TEMPLATES}${name}`);
      continue;
    }
    for (const [variable, value] of Object.entries(values)) {
      text = setInTemplate(text, variable, value);
    }
    templates.set(name, text);
  }
  return templates;
}

export function renderTemplates(
  templates: ReadonlyMap<string, string>,
  cfg: HarborCfg,
  settings: ReleaseSettings,
  problem: (what: string) => void,
): Rendered[] {
  const lookup = variableLookup(cfg, settings, askedVariables(templates));
  const edited = designedEnv(settings);
  return [...templates].map(([name, text]) => {
    if (VERBATIM.test(name)) return { name, content: text, secret: false };
    const content = substitute(text, lookup, (what) =>
      problem(`installer: ${TEMPLATES}${name}: ${what}`),
    );
    const secret =
      Object.hasOwn(edited, name) ||
      variablesOf(text).some((variable) => isSecretVariable(variable, cfg));
    return { name, content, secret };
  });
}
