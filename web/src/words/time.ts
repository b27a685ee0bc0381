/** Times in words, by the device's language and time zone. */
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const shortWeekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const fullDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "2-digit", year: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** 14:05 */
export function timeOf(at: number): string {
  return clock.format(at);
}

/** All there is to say about a moment. */
export function momentOf(at: number): string {
  return full.format(at);
}

/** Days from the day of `at` to that of `now`, by the calendar. */
export function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Today, Yesterday, Monday, 3 May, 3 May 2024: the line between two days. */
export function dayOf(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? dayMonth.format(at) : fullDay.format(at);
}

/** As short as it can be: for lists. */
export function stampOf(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days <= 0) return clock.format(at);
  if (days === 1) return "Yesterday";
  return days < 7 ? shortWeekday.format(at) : shortDay.format(at);
}

/** Since when somebody is away, as people would say it. */
export function lastSeenWords(at: number, now: number): string {
  const ago = now - at;
  if (ago < MINUTE) return "last seen just now";
  if (ago < 60 * MINUTE) {
    const minutes = Math.floor(ago / MINUTE);
    return `last seen ${minutes} ${minutes === 1 ? "minute" : "minutes"} ago`;
  }
  const days = daysBetween(at, now);
  if (days === 0) return `last seen today at ${clock.format(at)}`;
  if (days === 1) return `last seen yesterday at ${clock.format(at)}`;
  if (days < 7) return `last seen on ${weekday.format(at)} at ${clock.format(at)}`;
  return `last seen on ${dayOf(at, now)}`;
}

/** When a device was last used. */
export function usedWords(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (now - at < 5 * MINUTE) return "active now";
  if (days <= 0) return `last used today at ${clock.format(at)}`;
  if (days === 1) return `last used yesterday at ${clock.format(at)}`;
  return `last used on ${dayOf(at, now)}`;
}
