/**
 * The address that the registration limit counts. It limits abuse and identifies nobody.
 */

/**
 * What to count a caller under: an IPv4 address as it is, of an IPv6 address the /64 that one customer gets.
 *
 * @param address `CF-Connecting-IP`, which the platform sets; absent where nothing is in front of the Worker
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined || address === "") return "local";
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
