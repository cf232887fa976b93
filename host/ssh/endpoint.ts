import { createPrivateKey } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Client, ConnectConfig, KeyType, ServerHostKeyAlgorithm } from "ssh2";
import type { Endpoint } from "./connection";
import { openSshPrivateKey } from "./openssh-key";

// Loaded when a host is dialled: a preview dials none.
const loadSsh2 = async () => (await import("ssh2")).default;

/** Detects a host that is gone without a word, as TCP keepalive does for the official plugin. */
const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 9 };

/** PKCS#8 (`BEGIN PRIVATE KEY`) rewritten: ssh2 reads OpenSSH's and the older PEM formats only. */
function readableKey(pem: string, passphrase: string | undefined): string {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(pem)) return pem;
  const key = createPrivateKey({ key: pem, ...(passphrase ? { passphrase } : {}) });
  return openSshPrivateKey(key) ?? pem;
}

/** By which signatures a host may show that it has a key: of RSA there are newer ones than the type's. */
function signaturesOf(keyType: KeyType): ServerHostKeyAlgorithm[] {
  return keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [keyType];
}

/** How to log in, with all keys parsed. Errors here are lasting: there is no point in a retry. */
export async function loginOf(endpoint: Endpoint): Promise<ConnectConfig> {
  const { utils } = await loadSsh2();
  const agent = endpoint.agentSocketPath ?? (process.env["SSH_AUTH_SOCK"] || undefined);
  const login: ConnectConfig = {
    ...KEEPALIVE,
    host: endpoint.host,
    port: Math.trunc(endpoint.port),
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1000,
    tryKeyboard: endpoint.password !== undefined,
  };
  const methods: ("publickey" | "password" | "keyboard-interactive" | "agent")[] = [];
  if (endpoint.privateKey !== undefined) {
    const passphrase = endpoint.privateKeyPassword;
    const privateKey = readableKey(endpoint.privateKey, passphrase);
    const parsed = utils.parseKey(privateKey, passphrase);
    if (parsed instanceof Error) throw new Error(`ssh: ${parsed.message}`);
    Object.assign(login, { privateKey, ...(passphrase === undefined ? {} : { passphrase }) });
    methods.push("publickey");
  }
  if (endpoint.password !== undefined) {
    login.password = endpoint.password;
    methods.push("password", "keyboard-interactive");
  }
  if (agent) {
    login.agent = agent;
    methods.push("agent");
  }
  login.authHandler = ["none", ...methods];
  if (endpoint.hostKey !== undefined) {
    const expected = utils.parseKey(endpoint.hostKey.trim());
    if (expected instanceof Error) throw new Error("failed to parse host key: ssh: no key found");
    const blob = expected.getPublicSSH();
    login.hostVerifier = (key: Buffer) => key.equals(blob);
    // Without this a host with several keys could present one of another type.
    login.algorithms = { serverHostKey: signaturesOf(expected.type) };
  }
  return login;
}

function explain(error: Error & { level?: string; code?: string }, login: ConnectConfig): Error {
  if (/Host denied/.test(error.message)) {
    return new Error("ssh: handshake failed: ssh: host key mismatch");
  }
  if (error.level === "client-authentication") {
    const tried = (login.authHandler as string[]).join(" ");
    return new Error(
      `ssh: handshake failed: ssh: unable to authenticate, attempted methods [${tried}], ` +
        "no supported methods remain",
    );
  }
  if (error.code) return new Error(`dial tcp ${login.host}:${login.port}: ${error.message}`);
  return new Error(`ssh: handshake failed: ${error.message}`);
}

/** One attempt to log in, over a connection of its own or over `socket`. */
export async function logIn(login: ConnectConfig, socket?: Duplex): Promise<Client> {
  const ssh2 = await loadSsh2();
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      client.destroy();
      reject(explain(error, login));
    };
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => login.password ?? "")),
    );
    client.on("error", (error: Error & { level?: string }) => {
      // An agent that is gone is passed over, and says nothing of the host.
      if (error.level !== "agent") failed(error);
    });
    client.once("close", () => failed(new Error("connection closed")));
    client.once("ready", () => {
      client.removeAllListeners("error").removeAllListeners("close");
      // Whoever waits for something on this connection learns of its end by "close".
      client.on("error", () => undefined);
      resolve(client);
    });
    client.connect(socket ? { ...login, sock: socket } : login);
  });
}
