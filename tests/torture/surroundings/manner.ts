import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:net";
import type { KeyPair } from "../../support/peers/authority";

/** Classes of manners, lines of the figures. */
export type MannerKind =
  | "says nothing, too little or too late"
  | "breaks off"
  | "speaks something else"
  | "answers something else"
  | "answers without end"
  | "sends elsewhere"
  | "asks for an odd login"
  | "has TLS that is wrong";

/** What a hostile server works with. */
export interface Surroundings {
  /** Identities of servers: the good one, and those that are wrong, by name. */
  readonly identities: Readonly<Record<IdentityName, KeyPair & { readonly chain?: string }>>;
  /** Another host, over TLS and without, which must never be sent a credential. */
  readonly elsewhere: { readonly https: string; readonly http: string };
  /** Answers as a good server would, where the hostility is to begin later; tells whether it has. */
  readonly answersWell: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Sees each request. */
  readonly note: (request: IncomingMessage) => void;
}

export type IdentityName =
  "good" | "selfSigned" | "expired" | "notYetValid" | "wrongName" | "unknownCa" | "missingIntermediate";

/** How a server treats whoever connects. */
export interface Manner {
  /** `body-drip`: a part of the subject of an outcome. */
  readonly name: string;
  readonly kind: MannerKind;
  /** What is to be read of it wherever it is met: the word that tells it from others. */
  readonly words: RegExp;
  /** Whether it speaks HTTP over a good TLS, so that it can begin after good answers. */
  readonly isHttp: boolean;
  /** Whether it is met by those alone who speak HTTP without TLS. @default false */
  readonly toPlain?: boolean;
  /** Whether those who only look at the head of an answer see nothing wrong. @default false */
  readonly isGoodHead?: boolean;
  /** Whether it takes a client as long as its limit of time lets it. @default false */
  readonly isSlow?: boolean;
  readonly serve: (surroundings: Surroundings) => Server;
}
