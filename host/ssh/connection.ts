/** How to reach one host: the target of a command, or the bastion in front of it. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  /** One line as in `authorized_keys`; without it any host key will do. */
  hostKey?: string;
  agentSocketPath?: string;
  /** Failed attempts after which to give up; -1 never does. */
  dialErrorLimit: number;
  /** Seconds for one attempt; 0 means no limit. */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  /** The bastion that the connection goes through. */
  proxy?: Endpoint;
}
