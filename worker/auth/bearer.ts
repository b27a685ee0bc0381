/**
 * Where an access token is found in a request: never in a URL.
 */
import { BEARER_SUBPROTOCOL, SUBPROTOCOL } from "../../protocol/index.ts";

/** The token of `Authorization: Bearer …`, if there is one. */
export function bearerOf(authorization: string | null | undefined): string | undefined {
  return /^bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? "")?.[1];
}

/** What a WebSocket client offered in `Sec-WebSocket-Protocol` [W1]. */
export interface Offer {
  /** `meridian.v1` is among the offers. */
  readonly speaksMeridian: boolean;
  /** The access token of a client that cannot set headers. */
  readonly token: string | undefined;
}

/**
 * Reads the offered subprotocols.
 *
 * @example
 * offerOf("meridian.v1, bearer.eyJ…"); // { speaksMeridian: true, token: "eyJ…" }
 */
export function offerOf(subprotocols: string | null | undefined): Offer {
  const offers = (subprotocols ?? "").split(",").map((offer) => offer.trim());
  return {
    speaksMeridian: offers.includes(SUBPROTOCOL),
    token: offers.find((offer) => offer.startsWith(BEARER_SUBPROTOCOL))?.slice(BEARER_SUBPROTOCOL.length),
  };
}
