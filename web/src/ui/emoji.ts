/** A small selection of emoji, with words to find them by. */
export interface EmojiGroup {
  readonly name: string;
  readonly emojis: readonly (readonly [emoji: string, words: string])[];
}

export const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🎉"] as const;

const group = (name: string, text: string): EmojiGroup => ({
  name,
  emojis: text
    .trim()
    .split("\n")
    .map((line) => {
      const [emoji = "", ...words] = line.trim().split(" ");
      return [emoji, words.join(" ")] as const;
    }),
});

export const GROUPS: readonly EmojiGroup[] = [
  group(
    "Faces",
    `😀 grin happy
    😄 smile happy
    😁 beam grin
    😅 sweat smile relief
    😂 joy laugh tears
    🤣 rolling laugh
    🙂 slight smile
    😉 wink
    😊 blush smile
    😇 angel halo
    🥰 love hearts
    😍 heart eyes love
    😘 kiss
    😋 yum tongue
    😜 wink tongue
    🤪 crazy zany
    🤔 think hmm
    🤨 eyebrow doubt
    😐 neutral
    😏 smirk
    🙄 eye roll
    😬 grimace awkward
    😌 relieved
    😴 sleep
    🤤 drool
    😷 mask ill
    🤯 mind blown
    🥳 party
    😎 cool sunglasses
    🤓 nerd
    😕 confused
    😮 wow surprised
    😳 flushed
    🥺 pleading
    😢 cry sad
    😭 sob cry
    😱 scream
    😤 huff
    😡 angry
    🤗 hug`,
  ),
  group(
    "Hands",
    `👍 thumbs up yes
    👎 thumbs down no
    👌 ok
    ✌️ peace victory
    🤞 fingers crossed luck
    🤘 rock
    👋 wave hello
    👏 clap
    🙌 raise hands hooray
    🙏 please thanks pray
    💪 strong muscle
    👀 eyes look
    🫶 heart hands
    🤝 handshake deal
    ✍️ write
    🤷 shrug
    🤦 facepalm
    🫡 salute`,
  ),
  group(
    "Hearts",
    `❤️ red heart love
    🧡 orange heart
    💛 yellow heart
    💚 green heart
    💙 blue heart
    💜 purple heart
    🖤 black heart
    🤍 white heart
    💔 broken heart
    💕 two hearts
    💯 hundred
    ✨ sparkles
    🔥 fire hot
    ⭐ star
    🎉 party tada
    🎂 cake birthday
    🎁 gift present
    🏆 trophy win`,
  ),
  group(
    "Nature",
    `🐶 dog
    🐱 cat
    🦊 fox
    🐻 bear
    🐼 panda
    🐸 frog
    🦉 owl
    🐝 bee
    🦋 butterfly
    🐢 turtle
    🐙 octopus
    🐳 whale
    🌱 seedling plant
    🌳 tree
    🌵 cactus
    🌸 blossom flower
    🌻 sunflower
    🍀 clover luck
    🌍 earth world
    🌙 moon
    ☀️ sun
    🌧️ rain
    ❄️ snow
    🌈 rainbow`,
  ),
  group(
    "Food",
    `🍎 apple
    🍌 banana
    🍓 strawberry
    🍋 lemon
    🥑 avocado
    🍅 tomato
    🥐 croissant
    🍞 bread
    🧀 cheese
    🍕 pizza
    🍔 burger
    🌮 taco
    🍜 noodles soup
    🍣 sushi
    🍰 cake
    🍪 cookie
    🍫 chocolate
    ☕ coffee
    🍵 tea
    🍺 beer
    🍷 wine
    🥂 cheers`,
  ),
  group(
    "Things",
    `⚽ football
    🏀 basketball
    🎸 guitar
    🎧 headphones music
    🎮 game
    🎲 dice
    📷 camera
    💻 laptop computer
    📱 phone
    💡 idea bulb
    📚 books
    📝 note memo
    📌 pin
    📅 calendar
    ⏰ alarm clock
    🔑 key
    🔒 lock
    🛠️ tools
    🚀 rocket
    🚲 bike
    🚗 car
    🚆 train
    ✈️ plane
    🏡 house home
    🏖️ beach
    ⛰️ mountain
    ✅ done check
    ❌ no cross
    ❓ question
    ❗ important`,
  ),
];
