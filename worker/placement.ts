/**
 * Where a new user's object is made: near its owner, for good. Later calls cannot move it.
 */

/** What the platform knows of where a request came from; all of it may be missing. */
export interface Origin {
  readonly continent?: string | undefined;
  readonly country?: string | undefined;
  readonly longitude?: string | undefined;
}

/** Countries that the continents of the platform split between Africa and Asia, and that are near Gulf data centres. */
const MIDDLE_EAST = new Set(["AE", "BH", "IL", "IQ", "IR", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "TR", "YE"]);
/** West of it is western North America, east of it eastern. */
const AMERICA_SPLIT = -100;
/** West of it is western Europe, east of it eastern. */
const EUROPE_SPLIT = 14;

/**
 * The location hint for a new object.
 *
 * @returns undefined where nothing is known: then the platform puts it near the caller's data centre
 * @example
 * placementOf({ continent: "NA", longitude: "-122.4" }); // "wnam"
 */
export function placementOf({ continent, country, longitude }: Origin): DurableObjectLocationHint | undefined {
  if (country !== undefined && MIDDLE_EAST.has(country)) return "me";
  const east = longitude === undefined || longitude === "" ? Number.NaN : Number(longitude);
  switch (continent) {
    case "NA":
      return east < AMERICA_SPLIT ? "wnam" : "enam";
    case "SA":
      return "sam";
    case "EU":
      return east > EUROPE_SPLIT ? "eeur" : "weur";
    case "AF":
      return "afr";
    case "AS":
      return "apac";
    case "OC":
    case "AN":
      return "oc";
    default:
      return undefined;
  }
}
