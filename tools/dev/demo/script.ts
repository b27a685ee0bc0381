/** The people of the examples and what they say. */

export const PASSWORD = "meridian-demo";

export const PEOPLE = {
  ada: { displayName: "Ada Moreau", about: "Maps, tea, long walks." },
  ben: { displayName: "Ben Okafor", about: "Out sailing. Back by the tide." },
  chiyo: { displayName: "Chiyo Tanaka", about: "" },
  davi: { displayName: "Davi Rocha", about: "Bakes at night." },
} as const satisfies Record<string, { displayName: string; about: string }>;

export type Person = keyof typeof PEOPLE;

/** A file beside this one that somebody shows. */
export interface Picture {
  readonly file: string;
  readonly name: string;
  readonly type: string;
  readonly width: number;
  readonly height: number;
}

const EVENING: Picture = {
  file: "evening.jpg",
  name: "Evening at the point.jpg",
  type: "image/jpeg",
  width: 1200,
  height: 800,
};

/** One thing that somebody does in a conversation. `as` names a message for later lines. */
export type Line =
  | {
      readonly by: Person;
      readonly say: string;
      readonly show?: Picture;
      readonly as?: string;
      readonly to?: string;
      readonly names?: readonly Person[];
    }
  | { readonly by: Person; readonly react: string; readonly on: string }
  | { readonly by: Person; readonly edit: string; readonly on: string }
  | { readonly by: Person; readonly remove: string };

export interface Scene {
  /** Stands in the ids of its entries: the same scene played twice is there once. */
  readonly name: string;
  readonly kind: "direct" | "group";
  /** Of a group. */
  readonly title?: string;
  /** The first starts it. */
  readonly people: readonly [Person, ...Person[]];
  readonly lines: readonly Line[];
  /** How many of the newest messages each of these has not read. */
  readonly unread: Partial<Record<Person, number>>;
}

const LIGHTHOUSE: Scene = {
  name: "lighthouse",
  kind: "group",
  title: "Lighthouse weekend",
  people: ["ada", "ben", "chiyo", "davi"],
  unread: { ada: 2, davi: 5 },
  lines: [
    {
      by: "ada",
      say: "Hello all! The lighthouse keeper wrote back: the cottage is ours from Friday to Sunday 🎉",
      as: "ours",
    },
    { by: "ben", react: "🎉", on: "ours" },
    { by: "chiyo", react: "🎉", on: "ours" },
    { by: "davi", react: "❤️", on: "ours" },
    { by: "chiyo", say: "Wonderful. How do we get there?", as: "how" },
    {
      by: "ben",
      say: "I can sail three of us over from the old harbour. The fourth takes the bus with the luggage and gets the best bed.",
      to: "how",
      as: "sail",
    },
    { by: "davi", say: "I get seasick looking at soup. Bus!", as: "bus" },
    { by: "ada", react: "😂", on: "bus" },
    { by: "ben", react: "😂", on: "bus" },
    { by: "chiyo", react: "😂", on: "bus" },
    { by: "ada", say: "Timetable: https://www.example.com/coast/line-12" },
    { by: "ada", say: "Last bus back on Sunday leaves at 17:40, so the tide decides the rest.", as: "tide" },
    { by: "ben", say: "High water is 15:10 on Sunday. We cast off at three, no excuses.", to: "tide" },
    {
      by: "davi",
      say: `Packing list, please add:
– sourdough (2)
– the good butter
– torches
– cards, the deck without the missing seven
– rain coats, let us be honest
– binoculars for Chiyo's puffins`,
      as: "list",
    },
    { by: "chiyo", react: "👍", on: "list" },
    { by: "chiyo", say: "They are razorbills. But thank you.", to: "list", as: "razorbills" },
    { by: "ada", react: "😂", on: "razorbills" },
    { by: "davi", say: "I will never learn this." },
    { by: "ada", say: "Who brings a kettle? There is none, the keeper says.", as: "kettle" },
    { by: "ben", say: "Me. The blue one.", as: "blue" },
    { by: "ben", edit: "Me. The blue one, and the spare gas.", on: "blue" },
    { by: "chiyo", say: "Then I bring tea for four people and one lighthouse keeper." },
    { by: "davi", say: "@ada did you tell the keeper about the oven question?", names: ["ada"] },
    { by: "chiyo", say: "🥐🥐🥐" },
  ],
};

const HARBOUR: Scene = {
  name: "harbour",
  kind: "direct",
  people: ["ben", "ada"],
  unread: {},
  lines: [
    { by: "ben", say: "Morning! Are you at the harbour already?" },
    { by: "ada", say: "Since seven. The fog is so thick that I only hear the gulls.", as: "fog" },
    { by: "ben", react: "😮", on: "fog" },
    { by: "ben", say: "It lifts by ten. It always does when I have to varnish." },
    { by: "ada", say: "I found the old chart you were looking for, the one with the pencil notes." },
    { by: "ada", say: "Your grandfather marked every rock between here and the point. Twice.", as: "rocks" },
    { by: "ben", react: "❤️", on: "rocks" },
    { by: "ben", say: "He met most of them in person 😅", to: "rocks" },
    { by: "ada", say: "I will scan it tonight. Then it can get wet as often as it likes." },
    { by: "ben", say: "You are the best. This was my way home last night.", show: EVENING, as: "evening" },
    { by: "ada", react: "❤️", on: "evening" },
    { by: "ben", say: "Tea at four, on the boat?" },
    { by: "ada", say: "Four it is. I bring biscuits.", as: "tea" },
    { by: "ben", react: "👍", on: "tea" },
  ],
};

const PUFFINS: Scene = {
  name: "birds",
  kind: "direct",
  people: ["chiyo", "ada"],
  unread: { ada: 1 },
  lines: [
    { by: "chiyo", say: "I counted forty-one razorbills from the pier." },
    { by: "ada", say: "And puffins?" },
    { by: "chiyo", say: "Two. They looked lost.", as: "two" },
    { by: "ada", react: "😢", on: "two" },
    { by: "chiyo", say: "Could you lend me your telescope on Saturday?" },
  ],
};

const BREAD: Scene = {
  name: "bread",
  kind: "direct",
  people: ["ada", "davi"],
  unread: {},
  lines: [
    { by: "davi", say: "The starter has doubled since noon. I think it is planning something." },
    { by: "ada", say: "Name it before it names you." },
    { by: "davi", say: "Too late. It answers to Gerald." },
    { by: "ada", say: "Save me a slice of Gerald, then." },
  ],
};

/** The last one played is on top of the lists. */
export const SCENES: readonly Scene[] = [BREAD, PUFFINS, LIGHTHOUSE, HARBOUR];
